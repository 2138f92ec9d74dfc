CREATE TABLE t (a int, b int, CONSTRAINT k UNIQUE (a, b));
CREATE TABLE c (a int, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES t (a, b));
