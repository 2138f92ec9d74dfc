CREATE TYPE e AS ENUM ('x', 'y');
CREATE TABLE t (id int, a e, b e, c e);
INSERT INTO t VALUES (1, 'x', 'x', 'x');
-- rows: t
