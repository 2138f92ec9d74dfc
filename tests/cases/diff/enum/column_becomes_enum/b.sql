CREATE TYPE kind AS ENUM ('x', 'y');
CREATE TABLE t (id int, kind kind NOT NULL DEFAULT 'x');
-- forbidden: DROP COLUMN
