CREATE TABLE patient (
  id bigserial PRIMARY KEY, name varchar(40) NOT NULL, email text UNIQUE, status text DEFAULT 'new', born date
);
CREATE TABLE visit (
  id bigserial PRIMARY KEY, patient_id bigint NOT NULL REFERENCES patient, at timestamptz NOT NULL, room int
);
CREATE TABLE room (id int PRIMARY KEY, name text);
CREATE VIEW names AS SELECT id, name FROM patient;
CREATE MATERIALIZED VIEW statuses AS SELECT status, count(*) FROM patient GROUP BY status;
CREATE UNIQUE INDEX ON statuses (status);
CREATE SEQUENCE numbers;
-- traced
ALTER TABLE patient ADD COLUMN age int;
ALTER TABLE patient ALTER COLUMN status SET NOT NULL;
CREATE INDEX ON visit (room);
ALTER TABLE visit ADD FOREIGN KEY (room) REFERENCES room NOT VALID;
CREATE TABLE bed (id int PRIMARY KEY, room_id int REFERENCES room);
ALTER TABLE bed ADD COLUMN name text;
ALTER SEQUENCE numbers INCREMENT 2;
DROP VIEW names;
REFRESH MATERIALIZED VIEW statuses;
ALTER TABLE patient RENAME TO person;
ALTER TABLE person ADD CHECK (name <> '');
DROP TABLE visit;
