CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "fine"');
ALTER TYPE mood ADD VALUE 'meh' BEFORE 'ok';
COMMENT ON TYPE mood IS 'How one feels';
REVOKE USAGE ON TYPE mood FROM PUBLIC;
GRANT USAGE ON TYPE mood TO pg_monitor;
CREATE TYPE address AS (street text COLLATE "C", number integer, moods mood[], at numeric(10, 4));
COMMENT ON COLUMN address.street IS 'Without its number';
ALTER TYPE address OWNER TO pg_monitor;
CREATE TYPE nothing AS ();
CREATE FUNCTION distance(double precision, double precision) RETURNS double precision
  LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE TYPE span AS RANGE (subtype = double precision, subtype_diff = distance, multirange_type_name = spans);
CREATE TYPE text_span AS RANGE (subtype = text, subtype_opclass = text_pattern_ops, collation = "C");
CREATE TYPE day_span;
CREATE FUNCTION day_span_canonical(day_span) RETURNS day_span LANGUAGE internal IMMUTABLE STRICT
  AS 'daterange_canonical';
CREATE TYPE day_span AS RANGE (subtype = date, canonical = day_span_canonical);
CREATE TABLE uses (m mood, ms mood[], a address, sp span, sps spans, asp span[], row_of address[]);
CREATE TABLE uses_row (u uses, us uses[]);
CREATE TYPE shell;
CREATE TYPE point3;
CREATE FUNCTION point3_in(cstring) RETURNS point3 LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION point3_out(point3) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION point3_recv(internal) RETURNS point3 LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
CREATE FUNCTION point3_send(point3) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
CREATE FUNCTION point3_modin(cstring[]) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
CREATE FUNCTION point3_modout(int) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
CREATE FUNCTION point3_analyze(internal) RETURNS boolean LANGUAGE internal STRICT AS 'array_typanalyze';
CREATE FUNCTION point3_subscript(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT
  AS 'raw_array_subscript_handler';
CREATE TYPE point3 (INPUT = point3_in, OUTPUT = point3_out, RECEIVE = point3_recv, SEND = point3_send,
  TYPMOD_IN = point3_modin, TYPMOD_OUT = point3_modout, ANALYZE = point3_analyze, SUBSCRIPT = point3_subscript,
  INTERNALLENGTH = 8, ALIGNMENT = double, STORAGE = plain, CATEGORY = 'N', PREFERRED = true, DEFAULT = '0',
  ELEMENT = float4, DELIMITER = ';', COLLATABLE = true);
CREATE TYPE small3;
CREATE FUNCTION small3_in(cstring) RETURNS small3 LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION small3_out(small3) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE small3 (INPUT = small3_in, OUTPUT = small3_out, LIKE = int4);
CREATE TABLE uses_base (p point3, ps point3[], s small3);
CREATE TYPE long3;
CREATE FUNCTION long3_in(cstring) RETURNS long3 LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION long3_out(long3) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE long3 (INPUT = long3_in, OUTPUT = long3_out, INTERNALLENGTH = VARIABLE, STORAGE = extended);
