-- limosa: allow deletes-data
-- Rollback for: 20241222120000_add_status_column
-- Service: api
-- Description: Removes the status column of Patient and its enum

ALTER TABLE "Patient" DROP COLUMN IF EXISTS "status";

DROP TYPE IF EXISTS "PatientStatus";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120000_add_status_column';
