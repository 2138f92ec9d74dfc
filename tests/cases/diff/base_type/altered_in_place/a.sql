CREATE TYPE mine;
CREATE FUNCTION mine_in(cstring) RETURNS mine LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION mine_out(mine) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION mine_send(mine) RETURNS bytea LANGUAGE internal STABLE STRICT AS 'textsend';
CREATE TYPE mine (INPUT = mine_in, OUTPUT = mine_out, INTERNALLENGTH = VARIABLE);
CREATE TABLE t (m mine);
