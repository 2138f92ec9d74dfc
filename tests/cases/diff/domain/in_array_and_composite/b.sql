CREATE DOMAIN pos AS int CONSTRAINT p CHECK (VALUE >= 0);
CREATE TYPE two AS (a pos, b pos);
CREATE TABLE t (l pos[], c two);
INSERT INTO t VALUES ('{1}', ROW(1, 2));
-- forbidden: DROP COLUMN
