-- limosa: allow deletes-data
-- Rollback for: 20241222120500_initial_schema
-- Service: imaging-service
-- Description: Removes all tables and enums created in initial schema

-- 1. Drop foreign key constraints first
ALTER TABLE "RadiationDose" DROP CONSTRAINT IF EXISTS "RadiationDose_seriesId_fkey";
ALTER TABLE "RadiationDose" DROP CONSTRAINT IF EXISTS "RadiationDose_studyId_fkey";
ALTER TABLE "DicomTransfer" DROP CONSTRAINT IF EXISTS "DicomTransfer_studyId_fkey";
ALTER TABLE "DicomTransfer" DROP CONSTRAINT IF EXISTS "DicomTransfer_pacsServerId_fkey";
ALTER TABLE "Annotation" DROP CONSTRAINT IF EXISTS "Annotation_instanceId_fkey";
ALTER TABLE "CriticalFinding" DROP CONSTRAINT IF EXISTS "CriticalFinding_reportId_fkey";
ALTER TABLE "ReportAddendum" DROP CONSTRAINT IF EXISTS "ReportAddendum_reportId_fkey";
ALTER TABLE "RadiologyReport" DROP CONSTRAINT IF EXISTS "RadiologyReport_studyId_fkey";
ALTER TABLE "Instance" DROP CONSTRAINT IF EXISTS "Instance_seriesId_fkey";
ALTER TABLE "Series" DROP CONSTRAINT IF EXISTS "Series_equipmentId_fkey";
ALTER TABLE "Series" DROP CONSTRAINT IF EXISTS "Series_studyId_fkey";
ALTER TABLE "Study" DROP CONSTRAINT IF EXISTS "Study_pacsServerId_fkey";
ALTER TABLE "Study" DROP CONSTRAINT IF EXISTS "Study_orderId_fkey";
ALTER TABLE "ImagingOrder" DROP CONSTRAINT IF EXISTS "ImagingOrder_protocolId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "RadiationDose";
DROP TABLE IF EXISTS "DicomTransfer";
DROP TABLE IF EXISTS "Annotation";
DROP TABLE IF EXISTS "CriticalFinding";
DROP TABLE IF EXISTS "ReportAddendum";
DROP TABLE IF EXISTS "RadiologyReport";
DROP TABLE IF EXISTS "Instance";
DROP TABLE IF EXISTS "Series";
DROP TABLE IF EXISTS "Study";
DROP TABLE IF EXISTS "ImagingOrder";
DROP TABLE IF EXISTS "ImagingProtocol";
DROP TABLE IF EXISTS "Equipment";
DROP TABLE IF EXISTS "PacsServer";

-- 3. Drop enums
DROP TYPE IF EXISTS "Laterality";
DROP TYPE IF EXISTS "TransferStatus";
DROP TYPE IF EXISTS "TransferDirection";
DROP TYPE IF EXISTS "ReportStatus";
DROP TYPE IF EXISTS "StudyStatus";
DROP TYPE IF EXISTS "ImagingOrderStatus";
DROP TYPE IF EXISTS "ImagingPriority";
DROP TYPE IF EXISTS "Modality";

-- 4. Drop the trigger function, which no table uses any more
DROP FUNCTION IF EXISTS "setUpdatedAt"();

-- 5. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120500_initial_schema';
