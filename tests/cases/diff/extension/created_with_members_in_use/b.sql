-- since: 15
CREATE SCHEMA ext;
CREATE EXTENSION citext WITH SCHEMA ext;
CREATE TABLE t (id int, name ext.citext);
CREATE INDEX ON t (name);
CREATE FUNCTION f(ext.citext) RETURNS text LANGUAGE sql AS 'SELECT $1::text';
