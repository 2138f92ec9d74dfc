-- Rollback for: 20241222120002_alter_patient_status_to_required
-- Service: api
-- Description: Makes the status of Patient optional again

DROP INDEX IF EXISTS "Patient_organizationId_status_idx";
ALTER TABLE "Patient" ALTER COLUMN "status" DROP NOT NULL;
ALTER TABLE "Patient" ALTER COLUMN "status" DROP DEFAULT;

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120002_alter_patient_status_to_required';
