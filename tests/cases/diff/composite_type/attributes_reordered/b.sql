CREATE TYPE pair AS (y text, x int);
CREATE FUNCTION make() RETURNS pair LANGUAGE sql AS 'SELECT NULL::pair';
