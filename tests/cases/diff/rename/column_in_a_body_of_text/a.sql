-- accept-rename: t.a=t.b
-- forbidden: DROP
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT sum(a) FROM t); END $$;
