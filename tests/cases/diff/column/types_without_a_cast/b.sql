CREATE DOMAIN price AS numeric(10,2);
CREATE TYPE mood AS ENUM ('true', 'false');
CREATE TABLE t (
    a boolean, b mood, c timestamptz, d integer, e boolean, f integer[], g time, h numeric, i text, j time, k integer,
    l cidr, m integer, n text[]
);
INSERT INTO t (a, b, e, f, h, k, n) VALUES (NULL, 'true', true, '{1,2}', 1.5, 5, '{3}');
