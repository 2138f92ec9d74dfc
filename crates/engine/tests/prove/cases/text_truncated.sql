CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL);
-- up
ALTER TABLE patient ALTER name TYPE varchar(4) USING left(name, 4);
-- down
ALTER TABLE patient ALTER name TYPE text;
