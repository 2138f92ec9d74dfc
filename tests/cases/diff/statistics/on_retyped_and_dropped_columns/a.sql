CREATE TABLE t (a int, b int, c int);
CREATE STATISTICS s ON a, b FROM t;
CREATE STATISTICS u ON (a + 1), c FROM t;
INSERT INTO t VALUES (1, 2, 3);
-- rows: t
