CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE FUNCTION next() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1';
CREATE TABLE t (a int, b positive, c uuid DEFAULT gen_random_uuid(), d int DEFAULT next(),
    e int GENERATED ALWAYS AS (a + 1) STORED, f timestamptz DEFAULT now());
CREATE TABLE child () INHERITS (t);
INSERT INTO t VALUES (1);
