CREATE TABLE patient (id int PRIMARY KEY, name text NOT NULL, born date);
COMMENT ON COLUMN patient.name IS 'as on the card';
INSERT INTO patient VALUES (1, 'Ann', NULL);
