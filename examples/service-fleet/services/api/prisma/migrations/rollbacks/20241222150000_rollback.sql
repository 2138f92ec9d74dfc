-- limosa: allow deletes-data
-- Rollback for: 20241222150000_alter_appointment_status_enum
-- Service: api
-- Description: Rebuilds AppointmentStatus without the values that were added

-- 1. Give rows with a value that goes away the nearest one that stays
UPDATE "Appointment" SET "status" = 'scheduled' WHERE "status" IN ('waitlisted', 'rescheduled');

-- 2. Set aside what compares the column with literals of the old type
ALTER TABLE "Appointment" DROP CONSTRAINT "Appointment_cancelledAt_check";
ALTER TABLE "Appointment" ALTER COLUMN "status" DROP DEFAULT;

-- 3. PostgreSQL cannot drop a value of an enum: build the type again and move the column over by its text
ALTER TYPE "AppointmentStatus" RENAME TO "AppointmentStatus_old";
CREATE TYPE "AppointmentStatus" AS ENUM (
    'scheduled',
    'confirmed',
    'checked_in',
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
ALTER TABLE "Appointment" ADD CONSTRAINT "Appointment_cancelledAt_check"
    CHECK (("cancelledAt" IS NULL) = ("status" <> 'cancelled'));

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222150000_alter_appointment_status_enum';
