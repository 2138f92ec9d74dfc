CREATE TABLE t (id int, a bigint);
CREATE FUNCTION f(x int) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(a) FROM t WHERE id = x; END;
INSERT INTO t VALUES (1, 1);
-- forbidden: DROP COLUMN
