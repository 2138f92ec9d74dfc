CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL);
-- up
ALTER TABLE patient RENAME TO person;
ALTER TABLE person RENAME name TO full_name;
-- down
ALTER TABLE person RENAME full_name TO name;
ALTER TABLE person RENAME TO patient;
