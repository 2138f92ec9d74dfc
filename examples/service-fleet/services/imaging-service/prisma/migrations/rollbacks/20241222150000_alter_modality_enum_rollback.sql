-- limosa: allow deletes-data
-- Rollback for: 20241222150000_alter_modality_enum
-- Service: imaging-service
-- Description: Rebuilds Modality without the value that was added

-- 1. Give rows with the value that goes away the nearest one that stays, which DICOM calls "other"
UPDATE "Equipment" SET "modality" = 'ot' WHERE "modality" = 'oct';
UPDATE "ImagingProtocol" SET "modality" = 'ot' WHERE "modality" = 'oct';
UPDATE "ImagingOrder" SET "modality" = 'ot' WHERE "modality" = 'oct';
UPDATE "Series" SET "modality" = 'ot' WHERE "modality" = 'oct';
UPDATE "Study" SET "modalities" = array_replace("modalities", 'oct', 'ot') WHERE 'oct' = ANY ("modalities");

-- 2. PostgreSQL cannot drop a value of an enum: build the type again and move every column over by its text
ALTER TYPE "Modality" RENAME TO "Modality_old";
CREATE TYPE "Modality" AS ENUM ('cr', 'ct', 'dx', 'mg', 'mr', 'nm', 'pt', 'us', 'xa', 'rf', 'ot');
ALTER TABLE "Equipment" ALTER COLUMN "modality" TYPE "Modality" USING "modality"::text::"Modality";
ALTER TABLE "ImagingProtocol" ALTER COLUMN "modality" TYPE "Modality" USING "modality"::text::"Modality";
ALTER TABLE "ImagingOrder" ALTER COLUMN "modality" TYPE "Modality" USING "modality"::text::"Modality";
ALTER TABLE "Series" ALTER COLUMN "modality" TYPE "Modality" USING "modality"::text::"Modality";
ALTER TABLE "Study" ALTER COLUMN "modalities" TYPE "Modality"[] USING "modalities"::text[]::"Modality"[];
DROP TYPE "Modality_old";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222150000_alter_modality_enum';
