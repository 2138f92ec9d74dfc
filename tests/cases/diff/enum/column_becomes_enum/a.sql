CREATE TABLE t (id int, kind text NOT NULL DEFAULT 'x');
INSERT INTO t VALUES (1, 'x'), (2, 'y');
-- rows: t
