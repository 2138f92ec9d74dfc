-- accept-rename: patient.full_name=patient.name
-- forbidden: DROP CONSTRAINT
-- forbidden: DROP INDEX
-- forbidden: DROP TRIGGER
-- forbidden: DROP POLICY
-- forbidden: DROP COLUMN
-- forbidden: DROP VIEW
-- forbidden: DROP STATISTICS
-- forbidden: CREATE
CREATE TABLE doctor (id int PRIMARY KEY, full_name text);
CREATE TABLE patient (id int PRIMARY KEY, full_name text UNIQUE, nick text, CHECK (length(full_name) > 2),
  upper_name text GENERATED ALWAYS AS (upper(full_name)) STORED);
CREATE INDEX patient_name_index ON patient (lower(full_name)) WHERE full_name IS NOT NULL;
CREATE INDEX patient_full_name_idx ON patient (full_name) INCLUDE (nick);
CREATE STATISTICS patient_names ON full_name, nick FROM patient;
ALTER TABLE patient ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON patient USING (full_name = current_user) WITH CHECK (full_name IN (SELECT d.full_name FROM doctor d));
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE OF full_name ON patient FOR EACH ROW WHEN (old.full_name IS DISTINCT FROM new.full_name)
  EXECUTE FUNCTION touch();
CREATE VIEW shown AS SELECT p.id, p.full_name AS shown_name, d.full_name AS doctor FROM patient p, doctor d;
GRANT SELECT (full_name) ON patient TO public;
