ALTER TABLE visit ADD COLUMN note text;
CREATE TABLE patient (id bigint PRIMARY KEY, doctor_id bigint REFERENCES doctor (id));
ALTER TABLE IF EXISTS ward ADD COLUMN beds int;
DROP TABLE IF EXISTS room;
ALTER TABLE garden ADD COLUMN trees int;
-- next migration
-- no down
CREATE TABLE visit (id bigint PRIMARY KEY);
CREATE TABLE IF NOT EXISTS doctor (id bigint PRIMARY KEY);
CREATE TABLE ward (id bigint PRIMARY KEY);
CREATE TABLE room (id bigint PRIMARY KEY);
-- next migration
-- limosa: ignore made-later the table comes from the old tool
CREATE TABLE garden (id bigint PRIMARY KEY);
-- next migration
SET statement_timeout = 0;
SET check_function_bodies = false;
SELECT pg_catalog.set_config('search_path', '', false);
INSERT INTO patient VALUES ('Andr� und Zo�');
CREATE TABLE bad (a int,);
\i other.sql
-- next migration
CREATE SCHEMA {{ schema }};
<<<<<<< HEAD
SELECT 1;
=======
SELECT 2;
>>>>>>> other
