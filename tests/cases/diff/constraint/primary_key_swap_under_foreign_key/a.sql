CREATE TABLE t (id int PRIMARY KEY, code int UNIQUE);
CREATE TABLE c (id int REFERENCES t);
CREATE TABLE d (code int REFERENCES t (code));
