-- accept-rename: public.old_name=public.new_name
-- accept-rename: public.p=public.q
-- accept-rename: agg=total
-- forbidden: DROP
-- forbidden: CREATE
CREATE FUNCTION old_name(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE agg(int) (sfunc = int4pl, stype = int);
CREATE TABLE t (a int DEFAULT old_name(3), CHECK (old_name(a) > 2), g int GENERATED ALWAYS AS (old_name(a)) STORED);
CREATE INDEX i ON t (old_name(a));
CREATE VIEW v AS SELECT old_name(a) AS x, agg(a) AS y FROM t GROUP BY 1;
