-- rows: t
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int);
CREATE INDEX t_b ON t (b);
COMMENT ON COLUMN t.b IS 'twice';
INSERT INTO t VALUES (1);
