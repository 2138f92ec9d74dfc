CREATE TABLE doctor (id int PRIMARY KEY, full_name text);
CREATE TABLE patient (id int PRIMARY KEY, name text UNIQUE, nick text, CHECK (length(name) > 2),
  upper_name text GENERATED ALWAYS AS (upper(name)) STORED);
CREATE INDEX patient_name_index ON patient (lower(name)) WHERE name IS NOT NULL;
CREATE INDEX patient_name_idx ON patient (name) INCLUDE (nick);
CREATE STATISTICS patient_names ON name, nick FROM patient;
ALTER TABLE patient ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON patient USING (name = current_user) WITH CHECK (name IN (SELECT d.full_name FROM doctor d));
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE OF name ON patient FOR EACH ROW WHEN (old.name IS DISTINCT FROM new.name)
  EXECUTE FUNCTION touch();
CREATE VIEW shown AS SELECT p.id, p.name AS shown_name, d.full_name AS doctor FROM patient p, doctor d;
GRANT SELECT (name) ON patient TO public;
