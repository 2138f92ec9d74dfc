-- limosa: allow deletes-data
-- Rollback for: 20241222120000_initial_schema
-- Service: telehealth-service
-- Description: Removes all tables and enums created in initial schema

-- 1. Drop foreign key constraints first
ALTER TABLE "ChatMessage" DROP CONSTRAINT IF EXISTS "ChatMessage_visitId_fkey";
ALTER TABLE "Visit" DROP CONSTRAINT IF EXISTS "Visit_appointmentId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "ProviderBreak";
DROP TABLE IF EXISTS "ProviderAvailability";
DROP TABLE IF EXISTS "ChatMessage";
DROP TABLE IF EXISTS "Visit";
DROP TABLE IF EXISTS "Appointment";

-- 3. Drop enums
DROP TYPE IF EXISTS "VisitStatus";
DROP TYPE IF EXISTS "AppointmentStatus";
DROP TYPE IF EXISTS "AppointmentType";

-- 4. Drop the trigger function, which no table uses any more
DROP FUNCTION IF EXISTS "setUpdatedAt"();

-- 5. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120000_initial_schema';
