-- limosa: allow deletes-data
-- Rollback for: 20241222150000_alter_specimen_status_enum
-- Service: laboratory-service
-- Description: Rebuilds SpecimenStatus without the value that was added

-- 1. Give rows with the value that goes away the nearest one that stays
UPDATE "Specimen" SET "status" = 'collected' WHERE "status" = 'in_transit';
UPDATE "SpecimenEvent" SET "status" = 'collected' WHERE "status" = 'in_transit';

-- 2. Set aside what compares the column with literals of the old type
ALTER TABLE "Specimen" DROP CONSTRAINT "Specimen_rejectionReason_check";
ALTER TABLE "Specimen" ALTER COLUMN "status" DROP DEFAULT;

-- 3. PostgreSQL cannot drop a value of an enum: build the type again and move both columns over by their text
ALTER TYPE "SpecimenStatus" RENAME TO "SpecimenStatus_old";
CREATE TYPE "SpecimenStatus" AS ENUM ('expected', 'collected', 'received', 'rejected', 'stored', 'discarded');
ALTER TABLE "Specimen" ALTER COLUMN "status" TYPE "SpecimenStatus" USING "status"::text::"SpecimenStatus";
ALTER TABLE "SpecimenEvent" ALTER COLUMN "status" TYPE "SpecimenStatus" USING "status"::text::"SpecimenStatus";
DROP TYPE "SpecimenStatus_old";

-- 4. Put back what was set aside
ALTER TABLE "Specimen" ALTER COLUMN "status" SET DEFAULT 'expected';
ALTER TABLE "Specimen" ADD CONSTRAINT "Specimen_rejectionReason_check"
    CHECK (("rejectionReason" IS NOT NULL) = ("status" = 'rejected'));

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222150000_alter_specimen_status_enum';
