CREATE TYPE point3 AS (x int, y int, z int);
CREATE TABLE dot (id int, at point3);
-- forbidden: DROP COLUMN
