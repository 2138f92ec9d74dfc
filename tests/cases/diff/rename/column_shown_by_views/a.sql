-- accept-rename: patient.full_name=patient.name
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE patient (id int PRIMARY KEY, full_name text);
CREATE VIEW one AS SELECT id, full_name FROM patient;
CREATE VIEW two AS SELECT id, full_name FROM one WHERE full_name <> '';
CREATE MATERIALIZED VIEW three AS SELECT full_name, count(*) AS many FROM two GROUP BY full_name;
CREATE UNIQUE INDEX three_key ON three (full_name);
COMMENT ON COLUMN one.full_name IS 'shown';
