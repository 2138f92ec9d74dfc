-- limosa: allow deletes-data
-- Rollback for: 20241222150001_add_reschedule_link_to_appointment
-- Service: api
-- Description: Removes the link from an appointment to the one it replaces

DROP INDEX IF EXISTS "Appointment_providerId_scheduledAt_idx";
DROP INDEX IF EXISTS "Appointment_rescheduledFromId_idx";
ALTER TABLE "Appointment" DROP CONSTRAINT IF EXISTS "Appointment_rescheduledFromId_fkey";
ALTER TABLE "Appointment" DROP COLUMN IF EXISTS "rescheduledFromId";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222150001_add_reschedule_link_to_appointment';
