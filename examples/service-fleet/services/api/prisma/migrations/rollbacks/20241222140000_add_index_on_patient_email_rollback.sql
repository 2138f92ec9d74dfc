-- Rollback for: 20241222140000_add_index_on_patient_email
-- Service: api
-- Description: Drops the indexes on the email address and the phone number of Patient

DROP INDEX CONCURRENTLY IF EXISTS "Patient_phone_idx";
DROP INDEX CONCURRENTLY IF EXISTS "Patient_email_idx";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222140000_add_index_on_patient_email';
