-- accept-rename: patient=person
-- forbidden: DROP TABLE
-- rows: marker
CREATE TABLE patient (id int PRIMARY KEY, email text, gone int);
CREATE TABLE marker ();
CREATE INDEX ON patient (email);
