CREATE TABLE t (a int, b int, c int);
CREATE STATISTICS kept (dependencies, mcv) ON a, b FROM t;
CREATE STATISTICS looked ON a, c FROM t;
CREATE STATISTICS "New One" ON (a + b), c FROM t;
ALTER STATISTICS "New One" SET STATISTICS 100;
COMMENT ON STATISTICS "New One" IS 'n';
