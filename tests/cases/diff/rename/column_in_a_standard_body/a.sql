-- accept-rename: t.a=t.b
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(a) FROM t WHERE a > 1; END;
