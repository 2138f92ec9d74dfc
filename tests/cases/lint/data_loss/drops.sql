-- rows: visit 2000000
-- rows: empty_one 0
CREATE TABLE visit (id bigint PRIMARY KEY, note text, price numeric(10, 2), state text);
CREATE TABLE empty_one (id bigint PRIMARY KEY, note text);
CREATE TABLE app.patient (id bigint PRIMARY KEY);
CREATE VIEW open_visit AS SELECT id FROM visit;
CREATE VIEW all_visits AS SELECT id FROM public.visit;
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE diary (id bigint PRIMARY KEY, mood mood);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
-- next migration
-- what is made and dropped in one rollout is nobody's
CREATE TABLE scratch (id bigint, note text);
ALTER TABLE scratch DROP COLUMN note;
DROP TABLE scratch CASCADE;
CREATE TYPE short AS ENUM ('a');
DROP TYPE short CASCADE;
CREATE SCHEMA tmp;
DROP SCHEMA tmp CASCADE;
-- next migration
DROP TABLE IF EXISTS empty_one, unheard_of;
ALTER TABLE visit DROP COLUMN IF EXISTS note CASCADE;
ALTER TABLE visit DROP COLUMN price, ADD COLUMN price bigint;
-- next migration
DROP TABLE visit CASCADE;
CREATE VIEW open_visit AS SELECT 1 AS id;
DROP TYPE mood CASCADE;
DROP FUNCTION touch CASCADE;
DROP EXTENSION citext CASCADE;
DROP SCHEMA app CASCADE;
DROP SCHEMA reports CASCADE;
DROP DATABASE old_clinic;
-- next migration
-- a table that is rebuilt lives on
CREATE TABLE room_new (id bigint PRIMARY KEY, name text);
INSERT INTO room_new SELECT id, name FROM room;
ALTER TABLE room RENAME TO room_old;
ALTER TABLE room_new RENAME TO room;
DROP TABLE room_old;
-- limosa: allow deletes-data
DROP TABLE ward;
DO $$
BEGIN
  DROP TABLE hidden;
  EXECUTE 'ALTER TABLE diary DROP COLUMN mood';
END $$;
