CREATE SCHEMA practice;
CREATE TYPE practice.mood AS ENUM ('a');
CREATE TABLE practice.patient (id serial PRIMARY KEY, m practice.mood DEFAULT 'a', boss int REFERENCES practice.patient);
CREATE FUNCTION practice.f(practice.mood) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE VIEW v AS SELECT id, practice.f(m) AS x FROM practice.patient;
CREATE TABLE other (m practice.mood, p int REFERENCES practice.patient);
GRANT USAGE ON SCHEMA practice TO public;
