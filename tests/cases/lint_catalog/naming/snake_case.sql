-- policy: preset = "snake_case"
-- policy: leave_out = ["old_*"]
CREATE TYPE "Mood" AS ENUM ('well', 'notSoWell');
CREATE TABLE patient (id bigint PRIMARY KEY, "fullName" text, "order" int);
CREATE TABLE "LabResult" (id bigint CONSTRAINT pk PRIMARY KEY, patient_id bigint, owner bigint);
ALTER TABLE "LabResult" ADD CONSTRAINT of_patient FOREIGN KEY (patient_id) REFERENCES patient;
ALTER TABLE "LabResult" ADD CONSTRAINT "LabResult_owner_fkey" FOREIGN KEY (owner) REFERENCES patient;
CREATE INDEX "LabResult_idx" ON "LabResult" (patient_id);
CREATE INDEX lab_result_owner_idx ON "LabResult" (owner);
CREATE TABLE old_table (id int CONSTRAINT "Key" PRIMARY KEY, "oldColumn" int);
CREATE TABLE reading (id bigint, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE "Reading2026" PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
