CREATE TYPE pair AS (x int, y text);
CREATE FUNCTION make() RETURNS pair LANGUAGE sql AS 'SELECT NULL::pair';
