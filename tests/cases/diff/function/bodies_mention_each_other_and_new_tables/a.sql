CREATE TABLE old_one (a int);
CREATE FUNCTION old_f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM old_one';
