-- accept-rename: visit.person=visit.patient
-- forbidden: DROP COLUMN
CREATE TABLE person (person int PRIMARY KEY, note text);
CREATE TABLE visit (person int, at date);
CREATE VIEW v AS SELECT person, note, at FROM visit JOIN person USING (person);
