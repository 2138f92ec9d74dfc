CREATE TABLE t (
    short varchar(10) CHECK (short IN ('a', 'b')),
    fixed char(3) CHECK (fixed IN ('a', 'b')),
    long text CHECK (long IN ('p', 'q') AND long NOT IN ('r'))
);
CREATE DOMAIN letter AS varchar(3) CHECK (VALUE IN ('a', 'b'));
CREATE INDEX chosen ON t (short) WHERE short IN ('a', 'b');
CREATE VIEW v AS SELECT * FROM t WHERE short IN ('a', 'b') AND short <> ALL (ARRAY['c', 'd']);
CREATE VIEW w AS SELECT short FROM t WHERE short = ANY ('{a,b}'::text[]) OR short NOT IN ('x', 'y');
