CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL);
-- up
TRUNCATE patient;
-- down
SELECT 1;
