-- rows: visit 2000000
CREATE TABLE patient (id bigint PRIMARY KEY);
CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient (id));
CREATE TABLE note (id bigint PRIMARY KEY, visit_id bigint, FOREIGN KEY (visit_id) REFERENCES visit);
-- next migration
TRUNCATE patient CASCADE;
TRUNCATE note;
DELETE FROM visit;
-- next migration
TRUNCATE note, visit, patient CASCADE;
DELETE FROM note;
-- next migration
DELETE FROM visit WHERE 1 = 1;
-- next migration
DELETE FROM visit USING patient WHERE patient.id = visit.patient_id;
DELETE FROM visit WHERE true AND id > 3;
-- next migration
-- kept elsewhere before
CREATE TABLE visit_archive AS SELECT * FROM visit;
DELETE FROM visit;
-- next migration
CREATE UNIQUE INDEX CONCURRENTLY visit_once ON visit (patient_id, begins);
CREATE UNIQUE INDEX CONCURRENTLY patient_lower ON patient (lower(name));
ALTER TABLE note ADD COLUMN code text, ADD CONSTRAINT note_code UNIQUE (code);
ALTER TABLE note ADD CONSTRAINT note_visit UNIQUE (visit_id);
