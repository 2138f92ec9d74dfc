-- limosa: allow deletes-data
-- Rollback for: 20241222150000_alter_appointment_status_enum
-- Service: telehealth-service
-- Description: Rebuilds AppointmentStatus without the value that was added

-- 1. Give rows with the value that goes away the nearest one that stays. Two of them may hold one slot, since only
-- scheduled and confirmed appointments are kept unique: they become cancelled, which is what they were for that slot.
DROP INDEX IF EXISTS "Appointment_patientId_rescheduled_idx";
UPDATE "Appointment" SET "status" = 'cancelled' WHERE "status" = 'rescheduled';

-- 2. Set aside what compares the column with literals of the old type
DROP VIEW IF EXISTS "UpcomingAppointment";
DROP INDEX IF EXISTS "Appointment_providerId_scheduledAt_key";
ALTER TABLE "Appointment" ALTER COLUMN "status" DROP DEFAULT;

-- 3. PostgreSQL cannot drop a value of an enum: build the type again and move the column over by its text
ALTER TYPE "AppointmentStatus" RENAME TO "AppointmentStatus_old";
CREATE TYPE "AppointmentStatus" AS ENUM (
    'scheduled',
    'confirmed',
    'in_progress',
    'completed',
    'cancelled',
    'no_show'
);
ALTER TABLE "Appointment" ALTER COLUMN "status" TYPE "AppointmentStatus"
    USING "status"::text::"AppointmentStatus";
DROP TYPE "AppointmentStatus_old";

-- 4. Put back what was set aside
ALTER TABLE "Appointment" ALTER COLUMN "status" SET DEFAULT 'scheduled';
CREATE UNIQUE INDEX "Appointment_providerId_scheduledAt_key" ON "Appointment"("providerId", "scheduledAt")
    WHERE "status" IN ('scheduled', 'confirmed');
CREATE VIEW "UpcomingAppointment" AS
SELECT
    "id",
    "patientId",
    "providerId",
    "type",
    "status",
    "scheduledAt",
    "scheduledAt" + make_interval(mins => "durationMinutes") AS "endsAt"
FROM "Appointment"
WHERE "status" IN ('scheduled', 'confirmed');

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222150000_alter_appointment_status_enum';
