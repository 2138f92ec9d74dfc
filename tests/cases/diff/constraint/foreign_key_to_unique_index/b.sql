CREATE TABLE p (id int, code int);
CREATE UNIQUE INDEX p_id2 ON p (id) WITH (fillfactor = 50);
CREATE TABLE t (x int REFERENCES p (id));
