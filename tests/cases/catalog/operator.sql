CREATE SCHEMA "Ops";
CREATE TYPE pair AS (a int, b int);
CREATE FUNCTION pair_lt(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a < $2.a';
CREATE FUNCTION pair_gt(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a > $2.a';
CREATE FUNCTION pair_eq(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a = $2.a';
CREATE FUNCTION pair_ne(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a <> $2.a';
CREATE FUNCTION pair_cmp(pair, pair) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1.a - $2.a';
CREATE FUNCTION pair_negate(pair) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW(-$1.a, -$1.b)::pair';
CREATE FUNCTION pair_distance(pair, pair) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT 1.0::float8';
CREATE OPERATOR "Ops".< (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_lt, COMMUTATOR = OPERATOR("Ops".>),
  RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR "Ops".> (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_gt, COMMUTATOR = OPERATOR("Ops".<));
CREATE OPERATOR = (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_eq, NEGATOR = <>, HASHES, MERGES, COMMUTATOR = =);
CREATE OPERATOR <> (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_ne, NEGATOR = =);
CREATE OPERATOR !! (RIGHTARG = pair, FUNCTION = pair_negate);
CREATE OPERATOR <-> (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_distance);
COMMENT ON OPERATOR !! (NONE, pair) IS 'turns around';
ALTER OPERATOR <-> (pair, pair) OWNER TO pg_monitor;
CREATE OPERATOR FAMILY pairs USING btree;
ALTER OPERATOR FAMILY pairs USING btree ADD FUNCTION 4 (pair, pair) btequalimage(oid);
CREATE OPERATOR CLASS pair_ops DEFAULT FOR TYPE pair USING btree FAMILY pairs AS
  OPERATOR 1 "Ops".<, OPERATOR 3 =, OPERATOR 5 "Ops".>, FUNCTION 1 pair_cmp(pair, pair);
CREATE OPERATOR CLASS point_near FOR TYPE point USING gist AS
  OPERATOR 15 <-> (point, point) FOR ORDER BY float_ops, STORAGE box, FUNCTION 1 gist_point_consistent(internal, point, int2, oid, internal),
  FUNCTION 2 gist_box_union(internal, internal), FUNCTION 5 gist_box_penalty(internal, internal, internal),
  FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal);
COMMENT ON OPERATOR CLASS pair_ops USING btree IS 'pairs';
COMMENT ON OPERATOR FAMILY pairs USING btree IS 'of pairs';
ALTER OPERATOR FAMILY pairs USING btree OWNER TO pg_monitor;
CREATE TABLE holds (p pair, at point);
CREATE INDEX holds_p ON holds (p pair_ops);
CREATE INDEX holds_at ON holds USING gist (at point_near);
CREATE FUNCTION pair_text(pair) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.a::text';
CREATE CAST (pair AS text) WITH FUNCTION pair_text(pair) AS ASSIGNMENT;
CREATE TYPE mood AS ENUM ('ok');
CREATE CAST (text AS mood) WITH INOUT AS IMPLICIT;
CREATE CAST (bigint AS timestamp) WITHOUT FUNCTION;
COMMENT ON CAST (pair AS text) IS 'its first';
CREATE FUNCTION hstore_like(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION back(internal) RETURNS pair LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE TRANSFORM FOR pair LANGUAGE plpgsql (FROM SQL WITH FUNCTION hstore_like(internal), TO SQL WITH FUNCTION back(internal));
COMMENT ON TRANSFORM FOR pair LANGUAGE plpgsql IS 'there and back';
CREATE FUNCTION transformed(pair) RETURNS int LANGUAGE plpgsql TRANSFORM FOR TYPE pair AS 'BEGIN RETURN 1; END';
CREATE PROCEDURE transformed_too(pair) LANGUAGE plpgsql TRANSFORM FOR TYPE pair AS 'BEGIN END';
