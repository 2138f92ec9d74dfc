-- limosa: allow deletes-data
-- Rollback for: 20241222130000_add_medication_adherence_table
-- Service: chronic-care-service
-- Description: Removes the medication adherence records and their enum

-- 1. Drop foreign key constraints first
ALTER TABLE "MedicationAdherence" DROP CONSTRAINT IF EXISTS "MedicationAdherence_enrollmentId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "MedicationAdherence";

-- 3. Drop enums
DROP TYPE IF EXISTS "AdherenceStatus";

-- 4. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130000_add_medication_adherence_table';
