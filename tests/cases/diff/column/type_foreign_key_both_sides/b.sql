-- forbidden: DROP TABLE
-- forbidden: DROP COLUMN
CREATE TABLE parent (id text PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, parent_id text REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1);
