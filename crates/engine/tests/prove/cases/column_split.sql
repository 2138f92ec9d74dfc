CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL);
-- up
ALTER TABLE patient ADD first_name text, ADD last_name text;
UPDATE patient SET first_name = split_part(name, ' ', 1), last_name = substr(name, strpos(name, ' ') + 1);
ALTER TABLE patient DROP name, ALTER first_name SET NOT NULL, ALTER last_name SET NOT NULL;
-- down
ALTER TABLE patient ADD name text;
UPDATE patient SET name = first_name || ' ' || last_name;
ALTER TABLE patient ALTER name SET NOT NULL, DROP first_name, DROP last_name;
