CREATE FUNCTION same(text, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2::text';
CREATE OPERATOR === (FUNCTION = same, LEFTARG = text, RIGHTARG = int, JOIN = eqjoinsel);
-- forbidden: DROP
