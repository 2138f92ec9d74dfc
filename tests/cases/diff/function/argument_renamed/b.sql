CREATE FUNCTION f(first_one int, b text DEFAULT 'x, y') RETURNS text LANGUAGE sql AS 'SELECT b';
CREATE VIEW v AS SELECT f(1) AS x;
