CREATE TYPE point3 AS (x int, y int);
CREATE TABLE dot (id int, at point3);
INSERT INTO dot VALUES (1, ROW(1, 2));
-- rows: dot
