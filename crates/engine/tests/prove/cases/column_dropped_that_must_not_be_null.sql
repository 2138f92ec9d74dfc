CREATE TABLE patient (id bigint PRIMARY KEY, ssn text NOT NULL);
-- up
-- limosa: allow deletes-data
ALTER TABLE patient DROP COLUMN ssn;
-- down
ALTER TABLE patient ADD COLUMN ssn text NOT NULL;
