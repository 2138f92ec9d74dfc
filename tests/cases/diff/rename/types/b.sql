CREATE TYPE feeling AS ENUM ('sad', 'glad');
CREATE TYPE couple AS (one int, two feeling);
CREATE DOMAIN address AS text CHECK (VALUE <> '') NOT NULL;
CREATE TYPE stretch AS RANGE (subtype = int, multirange_type_name = spans);
CREATE TABLE t (m feeling DEFAULT 'sad', ms feeling[] CHECK (ms <> '{glad}'::feeling[]), p couple, e address, s stretch);
CREATE VIEW v AS SELECT m, 'sad'::feeling AS other FROM t;
CREATE FUNCTION f(feeling, couple[]) RETURNS address LANGUAGE sql AS 'SELECT NULL';
COMMENT ON FUNCTION f(feeling, couple[]) IS 'x';
