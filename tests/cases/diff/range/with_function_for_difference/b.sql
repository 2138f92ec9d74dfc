CREATE FUNCTION apart(a time, b time) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT EXTRACT(EPOCH FROM (a - b))::float8';
CREATE TYPE time_range AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = apart);
CREATE TABLE open (at time_range, EXCLUDE USING gist (at WITH &&));
