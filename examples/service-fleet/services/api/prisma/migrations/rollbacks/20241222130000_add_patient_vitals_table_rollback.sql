-- limosa: allow deletes-data
-- Rollback for: 20241222130000_add_patient_vitals_table
-- Service: api
-- Description: Removes the patient vitals and their enum

-- 1. Drop foreign key constraints first
ALTER TABLE "PatientVitals" DROP CONSTRAINT IF EXISTS "PatientVitals_recordedById_fkey";
ALTER TABLE "PatientVitals" DROP CONSTRAINT IF EXISTS "PatientVitals_encounterId_fkey";
ALTER TABLE "PatientVitals" DROP CONSTRAINT IF EXISTS "PatientVitals_patientId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "PatientVitals";

-- 3. Drop enums
DROP TYPE IF EXISTS "VitalsPosition";

-- 4. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130000_add_patient_vitals_table';
