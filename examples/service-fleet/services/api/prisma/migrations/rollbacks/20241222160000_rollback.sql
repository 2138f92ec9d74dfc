-- limosa: allow deletes-data
-- Rollback for: 20241222160000_add_date_of_birth_new_column
-- Service: api
-- Description: Removes the new date of birth of Patient

ALTER TABLE "Patient" DROP COLUMN IF EXISTS "dateOfBirthNew";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222160000_add_date_of_birth_new_column';
