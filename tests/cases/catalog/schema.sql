CREATE SCHEMA clinic AUTHORIZATION pg_monitor;
COMMENT ON SCHEMA clinic IS 'Where ''patients'' are';
GRANT USAGE ON SCHEMA clinic TO PUBLIC;
GRANT USAGE, CREATE ON SCHEMA clinic TO pg_read_all_data WITH GRANT OPTION;
CREATE SCHEMA "History of it";
CREATE SCHEMA limosa;
CREATE TABLE limosa.left_out (id int);
CREATE TEMPORARY TABLE left_out_too (id int);
DROP SCHEMA public;
