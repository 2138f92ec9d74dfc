-- accept-rename: mood=feeling
-- accept-rename: pair=couple
-- accept-rename: email=address
-- accept-rename: span=stretch
-- forbidden: DROP
-- forbidden: CREATE
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TYPE pair AS (one int, two mood);
CREATE DOMAIN email AS text CHECK (VALUE <> '') NOT NULL;
CREATE TYPE span AS RANGE (subtype = int, multirange_type_name = spans);
CREATE TABLE t (m mood DEFAULT 'sad', ms mood[] CHECK (ms <> '{glad}'::mood[]), p pair, e email, s span);
CREATE VIEW v AS SELECT m, 'sad'::mood AS other FROM t;
CREATE FUNCTION f(mood, pair[]) RETURNS email LANGUAGE sql AS 'SELECT NULL';
COMMENT ON FUNCTION f(mood, pair[]) IS 'x';
