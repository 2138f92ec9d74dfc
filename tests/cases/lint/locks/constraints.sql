-- rows: room 300
-- rows: visit 40000
CREATE TABLE patient (id bigint PRIMARY KEY, email text, phone text NOT NULL);
CREATE TABLE room (id bigint PRIMARY KEY, name text, floor int);
CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint, room_id bigint, begins timestamptz, ends timestamptz);
-- next migration
-- What is done at once and what is not, on tables of three sizes.
ALTER TABLE patient ADD CONSTRAINT email_is_one CHECK (email LIKE '%@%');
ALTER TABLE room ADD CHECK (floor < 100);
ALTER TABLE visit
  ADD CONSTRAINT ends_later CHECK (ends > begins),
  ADD CONSTRAINT of_patient FOREIGN KEY (patient_id) REFERENCES patient,
  ADD CONSTRAINT begins_once UNIQUE (begins),
  ADD CONSTRAINT one_at_a_time EXCLUDE USING gist (room_id WITH =, tstzrange(begins, ends) WITH &&);
-- next migration
-- The same, in two steps.
ALTER TABLE visit ADD CONSTRAINT two CHECK (id > 2) NOT VALID, ADD FOREIGN KEY (room_id) REFERENCES room NOT VALID;
CREATE UNIQUE INDEX CONCURRENTLY patient_phone ON patient (phone);
ALTER TABLE patient ADD CONSTRAINT patient_phone UNIQUE USING INDEX patient_phone;
-- next migration
ALTER TABLE visit VALIDATE CONSTRAINT two;
ALTER TABLE visit VALIDATE CONSTRAINT visit_room_id_fkey;
-- next migration
-- Added and validated in one transaction.
ALTER TABLE patient ADD CONSTRAINT three CHECK (id > 3) NOT VALID;
ALTER TABLE patient VALIDATE CONSTRAINT three;
-- next migration
-- The column's own checks and references.
ALTER TABLE patient ADD COLUMN age int CHECK (age > 0);
ALTER TABLE patient ADD COLUMN room_id bigint REFERENCES room;
ALTER TABLE patient ADD COLUMN home_id bigint DEFAULT 1 REFERENCES room;
ALTER TABLE patient ADD COLUMN code text UNIQUE;
-- next migration
-- Tables of this rollout: nobody has them, but what they refer to.
CREATE TABLE stay (id bigint, visit_id bigint REFERENCES visit, CHECK (id > 0), UNIQUE (id));
ALTER TABLE stay ADD FOREIGN KEY (visit_id) REFERENCES visit, ADD CHECK (id > 1), ADD PRIMARY KEY (id);
ALTER TABLE stay ALTER COLUMN visit_id SET NOT NULL;
INSERT INTO stay SELECT id, id FROM visit;
ALTER TABLE stay ADD CONSTRAINT again FOREIGN KEY (visit_id) REFERENCES patient (id);
ALTER TABLE stay ADD CHECK (id > 2);
