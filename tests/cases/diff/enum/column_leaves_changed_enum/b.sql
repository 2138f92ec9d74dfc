CREATE TYPE e AS ENUM ('x', 'z');
CREATE TABLE t (id int, a e, b text, d e);
INSERT INTO t VALUES (1, 'x', 'x', 'x');
