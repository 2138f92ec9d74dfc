CREATE TABLE t (id int, a int);
-- forbidden: DROP COLUMN
