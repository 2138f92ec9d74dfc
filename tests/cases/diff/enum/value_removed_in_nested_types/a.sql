CREATE TYPE color AS ENUM ('red', 'green', 'blue');
CREATE DOMAIN warm AS color CHECK (VALUE <> 'blue');
CREATE TYPE paint AS (color color, shine int);
CREATE TABLE wall (id int, w warm, p paint, all_of color[]);
INSERT INTO wall VALUES (1, 'red', ROW('red', 1), '{red}');
-- rows: wall
