-- accept-rename: patient.age=patient.years
-- forbidden: DROP COLUMN
CREATE TABLE patient (id int PRIMARY KEY, age int);
CREATE VIEW v AS SELECT id FROM patient WHERE age > 3;
INSERT INTO patient VALUES (1, 4);
-- rows: patient
