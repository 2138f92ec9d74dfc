CREATE TYPE pair AS (x bigint, y int);
CREATE TABLE dot (id int, at pair, many pair[]);
CREATE VIEW xs AS SELECT (at).x FROM dot;
INSERT INTO dot VALUES (1, ROW(1, 2), ARRAY[ROW(3, 4)::pair]);
-- forbidden: DROP COLUMN
