-- What a script makes is put together before it is looked at.
CREATE TABLE patient (id bigint, name text);
ALTER TABLE patient ADD PRIMARY KEY (id);
CREATE TABLE visit (id bigint, patient_id bigint REFERENCES patient, status char(8) DEFAULT 'NULL');
CREATE UNIQUE INDEX visit_id ON visit (id);
ALTER TABLE visit ADD CONSTRAINT visit_pkey PRIMARY KEY USING INDEX visit_id;
CREATE INDEX visit_patient ON visit (patient_id);
CREATE TABLE bed (id bigint PRIMARY KEY, patient_id int NOT NULL REFERENCES patient ON DELETE SET NULL);
CREATE TABLE copied (LIKE patient INCLUDING ALL);
CREATE TABLE listed AS SELECT 1 AS id;
CREATE TABLE no_key (id bigint UNIQUE, price double precision, total money);
CREATE TABLE gone (id bigint);
DROP TABLE gone;
CREATE TABLE unit (id bigint PRIMARY KEY REFERENCES unit, parent_id bigint NOT NULL);
CREATE INDEX unit_parent ON unit (parent_id) WHERE parent_id IS NOT NULL;
-- next migration
-- A new column that refers to something has no index but one that is made here; of others nobody knows.
ALTER TABLE visit ADD COLUMN doctor_id bigint REFERENCES doctor;
ALTER TABLE visit ADD CONSTRAINT visit_ward FOREIGN KEY (ward_id) REFERENCES ward;
ALTER TABLE bed ADD COLUMN ward_id bigint REFERENCES ward;
CREATE INDEX bed_ward ON bed (ward_id, id);
