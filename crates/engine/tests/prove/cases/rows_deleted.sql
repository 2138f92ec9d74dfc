CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint NOT NULL REFERENCES patient ON DELETE CASCADE);
-- up
DELETE FROM patient WHERE id % 2 = 0;
-- down
SELECT 1;
