CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL);
-- up
DROP TABLE patient;
-- down
CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL);
