-- Which indexes help a foreign key, and which do not.
CREATE TABLE ward (house int, number int, PRIMARY KEY (house, number));
CREATE TABLE patient (id bigint PRIMARY KEY);

-- The columns stand in another order, and more follow.
CREATE TABLE bed (id bigint PRIMARY KEY, house int, ward int, FOREIGN KEY (house, ward) REFERENCES ward);
CREATE INDEX bed_ward ON bed (ward, house, id);

-- The primary key begins with the column.
CREATE TABLE allergy (patient_id bigint REFERENCES patient, name text, PRIMARY KEY (patient_id, name));

-- Columns that are only carried along find nothing.
CREATE TABLE carried (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);
CREATE INDEX carried_id ON carried (id) INCLUDE (patient_id);

-- What is carried along takes nothing away.
CREATE TABLE carries (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);
CREATE INDEX carries_patient ON carries (patient_id) INCLUDE (id);

-- A hash finds one value.
CREATE TABLE hashed (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);
CREATE INDEX hashed_patient ON hashed USING hash (patient_id);

-- Only blocks are told apart.
CREATE TABLE blocks (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);
CREATE INDEX blocks_patient ON blocks USING brin (patient_id);

-- Rows are left out.
CREATE TABLE some_rows (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient, open boolean);
CREATE INDEX some_rows_patient ON some_rows (patient_id) WHERE open;

-- Rows that refer to nothing are left out.
CREATE TABLE not_nulls (id bigint PRIMARY KEY, "patientId" bigint REFERENCES patient);
CREATE INDEX not_nulls_patient ON not_nulls ("patientId") WHERE "patientId" IS NOT NULL;

-- The second column of an index is not enough.
CREATE TABLE second (id bigint PRIMARY KEY, day date, patient_id bigint REFERENCES patient);
CREATE INDEX second_day ON second (day, patient_id);

-- Partitions have the index of the whole.
CREATE TABLE reading (id bigint, day date, patient_id bigint REFERENCES patient, PRIMARY KEY (id, day))
    PARTITION BY RANGE (day);
CREATE TABLE reading_2026 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX reading_patient ON reading (patient_id);

-- Two keys of the same column are said once.
CREATE TABLE twice (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient,
    FOREIGN KEY (patient_id) REFERENCES patient);
