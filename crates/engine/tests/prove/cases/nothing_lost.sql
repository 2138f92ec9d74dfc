CREATE TABLE patient (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
-- up
ALTER TABLE patient ADD birth date;
CREATE INDEX ON patient (name);
-- down
DROP INDEX patient_name_idx;
ALTER TABLE patient DROP birth;
