CREATE TYPE two AS ENUM ('b', 'it''s', '');
CREATE TABLE t2 (b two);
CREATE FUNCTION f2(two[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
