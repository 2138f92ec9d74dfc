-- accept-rename: patient=person
-- accept-rename: patient.full_name=person.name
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE patient (id int PRIMARY KEY, full_name text NOT NULL);
CREATE INDEX ON patient (full_name);
