-- accept-rename: schema:clinic=practice
-- forbidden: DROP
-- forbidden: CREATE
CREATE SCHEMA clinic;
CREATE TYPE clinic.mood AS ENUM ('a');
CREATE TABLE clinic.patient (id serial PRIMARY KEY, m clinic.mood DEFAULT 'a', boss int REFERENCES clinic.patient);
CREATE FUNCTION clinic.f(clinic.mood) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE VIEW v AS SELECT id, clinic.f(m) AS x FROM clinic.patient;
CREATE TABLE other (m clinic.mood, p int REFERENCES clinic.patient);
GRANT USAGE ON SCHEMA clinic TO public;
