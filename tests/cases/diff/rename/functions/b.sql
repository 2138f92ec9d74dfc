CREATE FUNCTION new_name(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE PROCEDURE q() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
CREATE TABLE t (a int DEFAULT new_name(3), CHECK (new_name(a) > 2), g int GENERATED ALWAYS AS (new_name(a)) STORED);
CREATE INDEX i ON t (new_name(a));
CREATE VIEW v AS SELECT new_name(a) AS x, total(a) AS y FROM t GROUP BY 1;
