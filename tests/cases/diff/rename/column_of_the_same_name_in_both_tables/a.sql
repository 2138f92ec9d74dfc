-- accept-rename: visit.person_id=visit.patient_id
-- forbidden: DROP
-- forbidden: ADD
CREATE TABLE person (person_id int PRIMARY KEY);
CREATE TABLE visit (person_id int CONSTRAINT of_person REFERENCES person (person_id));
CREATE VIEW v AS SELECT v.person_id AS a, p.person_id AS b FROM visit v JOIN person p ON p.person_id = v.person_id;
