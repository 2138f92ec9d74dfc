CREATE TABLE patient (id bigint PRIMARY KEY, name text);
INSERT INTO patient VALUES (1, NULL), (2, NULL);
-- up
UPDATE patient SET name = coalesce(name, '');
ALTER TABLE patient ALTER name SET NOT NULL;
-- down
ALTER TABLE patient ALTER name DROP NOT NULL;
