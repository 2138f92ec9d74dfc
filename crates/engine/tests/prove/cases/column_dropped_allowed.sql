CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, ssn text);
-- up
-- limosa: allow deletes-data
ALTER TABLE patient DROP COLUMN ssn;
-- down
ALTER TABLE patient ADD COLUMN ssn text;
