-- limosa: allow deletes-data
-- Rollback for: 20241222150000_alter_prescription_status_enum
-- Service: pharmacy-service
-- Description: Rebuilds PrescriptionStatus without the value that was added

-- 1. Give rows with the value that goes away the nearest one that stays
UPDATE "Prescription" SET "status" = 'cancelled' WHERE "status" = 'transferred';

-- 2. PostgreSQL cannot drop a value of an enum: build the type again and move the column over by its text
ALTER TABLE "Prescription" ALTER COLUMN "status" DROP DEFAULT;
ALTER TYPE "PrescriptionStatus" RENAME TO "PrescriptionStatus_old";
CREATE TYPE "PrescriptionStatus" AS ENUM ('draft', 'active', 'on_hold', 'completed', 'cancelled', 'expired');
ALTER TABLE "Prescription" ALTER COLUMN "status" TYPE "PrescriptionStatus"
    USING "status"::text::"PrescriptionStatus";
DROP TYPE "PrescriptionStatus_old";
ALTER TABLE "Prescription" ALTER COLUMN "status" SET DEFAULT 'draft';

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222150000_alter_prescription_status_enum';
