CREATE TABLE person (person int PRIMARY KEY, note text);
CREATE TABLE visit (patient int, at date);
CREATE VIEW v AS SELECT p.person, note, at FROM visit JOIN person p ON p.person = visit.patient;
