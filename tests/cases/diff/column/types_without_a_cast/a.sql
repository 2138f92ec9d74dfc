-- Each has a cast, directly or through text.
CREATE DOMAIN price AS numeric(10,2);
CREATE TYPE mood AS ENUM ('true', 'false');
CREATE TABLE t (
    a numeric, b boolean, c date, d jsonb, e mood, f text[], g timestamp(3), h price, i uuid, j interval, k bit(4),
    l inet, m "char", n integer[]
);
INSERT INTO t (a, b, e, f, h, k, n) VALUES (NULL, true, 'true', '{1,2}', 1.5, B'0101', '{3}');
-- rows: t
-- forbidden: DROP COLUMN
