CREATE TABLE patient (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
DELETE FROM patient;
-- up
CREATE TABLE patient_copy AS SELECT name FROM patient WHERE id > 4;
DROP TABLE patient;
ALTER TABLE patient_copy RENAME TO patient;
-- down
ALTER TABLE patient RENAME TO patient_copy;
CREATE TABLE patient (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
INSERT INTO patient (name) SELECT name FROM patient_copy;
DROP TABLE patient_copy;
