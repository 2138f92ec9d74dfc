CREATE TABLE p (id int, code int);
CREATE UNIQUE INDEX p_id ON p (id);
CREATE TABLE t (x int REFERENCES p (id));
