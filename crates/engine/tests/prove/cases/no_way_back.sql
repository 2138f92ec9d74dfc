CREATE TABLE patient (id bigint PRIMARY KEY, ssn text);
-- up
ALTER TABLE patient DROP ssn;
