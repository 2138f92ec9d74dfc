-- limosa: allow deletes-data
-- Rollback for: 20241222120400_initial_schema
-- Service: laboratory-service
-- Description: Removes all tables and enums created in initial schema

-- 1. Drop foreign key constraints first
ALTER TABLE "DiagnosticReport" DROP CONSTRAINT IF EXISTS "DiagnosticReport_orderId_fkey";
ALTER TABLE "CriticalNotification" DROP CONSTRAINT IF EXISTS "CriticalNotification_resultId_fkey";
ALTER TABLE "ResultComment" DROP CONSTRAINT IF EXISTS "ResultComment_resultId_fkey";
ALTER TABLE "LabResult" DROP CONSTRAINT IF EXISTS "LabResult_correctsId_fkey";
ALTER TABLE "LabResult" DROP CONSTRAINT IF EXISTS "LabResult_instrumentId_fkey";
ALTER TABLE "LabResult" DROP CONSTRAINT IF EXISTS "LabResult_specimenId_fkey";
ALTER TABLE "LabResult" DROP CONSTRAINT IF EXISTS "LabResult_orderItemId_fkey";
ALTER TABLE "QualityControlRun" DROP CONSTRAINT IF EXISTS "QualityControlRun_testId_fkey";
ALTER TABLE "QualityControlRun" DROP CONSTRAINT IF EXISTS "QualityControlRun_instrumentId_fkey";
ALTER TABLE "SpecimenEvent" DROP CONSTRAINT IF EXISTS "SpecimenEvent_specimenId_fkey";
ALTER TABLE "Specimen" DROP CONSTRAINT IF EXISTS "Specimen_orderId_fkey";
ALTER TABLE "LabOrderItem" DROP CONSTRAINT IF EXISTS "LabOrderItem_panelId_fkey";
ALTER TABLE "LabOrderItem" DROP CONSTRAINT IF EXISTS "LabOrderItem_testId_fkey";
ALTER TABLE "LabOrderItem" DROP CONSTRAINT IF EXISTS "LabOrderItem_orderId_fkey";
ALTER TABLE "ReferenceRange" DROP CONSTRAINT IF EXISTS "ReferenceRange_testId_fkey";
ALTER TABLE "LabPanelTest" DROP CONSTRAINT IF EXISTS "LabPanelTest_testId_fkey";
ALTER TABLE "LabPanelTest" DROP CONSTRAINT IF EXISTS "LabPanelTest_panelId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "DiagnosticReport";
DROP TABLE IF EXISTS "CriticalNotification";
DROP TABLE IF EXISTS "ResultComment";
DROP TABLE IF EXISTS "LabResult";
DROP TABLE IF EXISTS "QualityControlRun";
DROP TABLE IF EXISTS "Instrument";
DROP TABLE IF EXISTS "SpecimenEvent";
DROP TABLE IF EXISTS "Specimen";
DROP TABLE IF EXISTS "LabOrderItem";
DROP TABLE IF EXISTS "LabOrder";
DROP TABLE IF EXISTS "ReferenceRange";
DROP TABLE IF EXISTS "LabPanelTest";
DROP TABLE IF EXISTS "LabPanel";
DROP TABLE IF EXISTS "LabTest";

-- 3. Drop enums
DROP TYPE IF EXISTS "InstrumentStatus";
DROP TYPE IF EXISTS "ResultFlag";
DROP TYPE IF EXISTS "ResultStatus";
DROP TYPE IF EXISTS "SpecimenStatus";
DROP TYPE IF EXISTS "SpecimenType";
DROP TYPE IF EXISTS "OrderStatus";
DROP TYPE IF EXISTS "OrderPriority";

-- 4. Drop the trigger function, which no table uses any more
DROP FUNCTION IF EXISTS "setUpdatedAt"();

-- 5. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120400_initial_schema';
