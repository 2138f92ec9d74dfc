-- accept-rename: a=b
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE holder (one a, many a[]);
CREATE FUNCTION f(x a) RETURNS int LANGUAGE sql AS 'SELECT 1';
