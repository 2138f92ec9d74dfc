-- accept-rename: public.patient.full_name=public.patient.name
-- forbidden: DROP
-- rows: patient
CREATE TABLE patient (id int PRIMARY KEY, full_name text NOT NULL, born date);
COMMENT ON COLUMN patient.full_name IS 'as on the card';
INSERT INTO patient VALUES (1, 'Ann', NULL);
