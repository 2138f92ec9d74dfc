CREATE TABLE person (person_id int PRIMARY KEY);
CREATE TABLE visit (patient_id int CONSTRAINT of_person REFERENCES person (person_id));
CREATE VIEW v AS SELECT v.patient_id AS a, p.person_id AS b FROM visit v JOIN person p ON p.person_id = v.patient_id;
