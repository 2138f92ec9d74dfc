-- limosa: allow deletes-data
-- Rollback for: 20241222120300_initial_schema
-- Service: pharmacy-service
-- Description: Removes all tables and enums created in initial schema

-- 1. Drop foreign key constraints first
ALTER TABLE "AllergyCheck" DROP CONSTRAINT IF EXISTS "AllergyCheck_prescriptionItemId_fkey";
ALTER TABLE "PriorAuthorization" DROP CONSTRAINT IF EXISTS "PriorAuthorization_prescriptionItemId_fkey";
ALTER TABLE "ControlledSubstanceLog" DROP CONSTRAINT IF EXISTS "ControlledSubstanceLog_movementId_fkey";
ALTER TABLE "ControlledSubstanceLog" DROP CONSTRAINT IF EXISTS "ControlledSubstanceLog_medicationId_fkey";
ALTER TABLE "StockMovement" DROP CONSTRAINT IF EXISTS "StockMovement_dispensingId_fkey";
ALTER TABLE "StockMovement" DROP CONSTRAINT IF EXISTS "StockMovement_lotId_fkey";
ALTER TABLE "Dispensing" DROP CONSTRAINT IF EXISTS "Dispensing_lotId_fkey";
ALTER TABLE "Dispensing" DROP CONSTRAINT IF EXISTS "Dispensing_pharmacistId_fkey";
ALTER TABLE "Dispensing" DROP CONSTRAINT IF EXISTS "Dispensing_pharmacyId_fkey";
ALTER TABLE "Dispensing" DROP CONSTRAINT IF EXISTS "Dispensing_prescriptionItemId_fkey";
ALTER TABLE "InventoryLot" DROP CONSTRAINT IF EXISTS "InventoryLot_medicationId_fkey";
ALTER TABLE "InventoryLot" DROP CONSTRAINT IF EXISTS "InventoryLot_pharmacyId_fkey";
ALTER TABLE "PrescriptionItem" DROP CONSTRAINT IF EXISTS "PrescriptionItem_medicationId_fkey";
ALTER TABLE "PrescriptionItem" DROP CONSTRAINT IF EXISTS "PrescriptionItem_prescriptionId_fkey";
ALTER TABLE "Prescription" DROP CONSTRAINT IF EXISTS "Prescription_pharmacyId_fkey";
ALTER TABLE "Pharmacist" DROP CONSTRAINT IF EXISTS "Pharmacist_pharmacyId_fkey";
ALTER TABLE "MedicationInteraction" DROP CONSTRAINT IF EXISTS "MedicationInteraction_interactsWithId_fkey";
ALTER TABLE "MedicationInteraction" DROP CONSTRAINT IF EXISTS "MedicationInteraction_medicationId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "AllergyCheck";
DROP TABLE IF EXISTS "PriorAuthorization";
DROP TABLE IF EXISTS "ControlledSubstanceLog";
DROP TABLE IF EXISTS "StockMovement";
DROP TABLE IF EXISTS "Dispensing";
DROP TABLE IF EXISTS "InventoryLot";
DROP TABLE IF EXISTS "PrescriptionItem";
DROP TABLE IF EXISTS "Prescription";
DROP TABLE IF EXISTS "Pharmacist";
DROP TABLE IF EXISTS "Pharmacy";
DROP TABLE IF EXISTS "MedicationInteraction";
DROP TABLE IF EXISTS "Medication";

-- 3. Drop enums
DROP TYPE IF EXISTS "StockMovementType";
DROP TYPE IF EXISTS "AuthorizationStatus";
DROP TYPE IF EXISTS "InteractionSeverity";
DROP TYPE IF EXISTS "DispensingStatus";
DROP TYPE IF EXISTS "PrescriptionStatus";
DROP TYPE IF EXISTS "ControlledSubstanceSchedule";
DROP TYPE IF EXISTS "DosageForm";

-- 4. Drop the trigger function, which no table uses any more
DROP FUNCTION IF EXISTS "setUpdatedAt"();

-- 5. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120300_initial_schema';
