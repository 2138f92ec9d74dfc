CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, email text);
-- up
UPDATE patient SET email = 'nobody@example.com';
-- down
SELECT 1;
