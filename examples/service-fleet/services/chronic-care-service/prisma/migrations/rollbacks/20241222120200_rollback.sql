-- limosa: allow deletes-data
-- Rollback for: 20241222120200_initial_schema
-- Service: chronic-care-service
-- Description: Removes all tables and enums created in initial schema

-- 1. Drop foreign key constraints first
ALTER TABLE "EducationAssignment" DROP CONSTRAINT IF EXISTS "EducationAssignment_materialId_fkey";
ALTER TABLE "EducationAssignment" DROP CONSTRAINT IF EXISTS "EducationAssignment_enrollmentId_fkey";
ALTER TABLE "Alert" DROP CONSTRAINT IF EXISTS "Alert_thresholdId_fkey";
ALTER TABLE "Alert" DROP CONSTRAINT IF EXISTS "Alert_readingId_fkey";
ALTER TABLE "AlertThreshold" DROP CONSTRAINT IF EXISTS "AlertThreshold_enrollmentId_fkey";
ALTER TABLE "VitalReading" DROP CONSTRAINT IF EXISTS "VitalReading_deviceId_fkey";
ALTER TABLE "VitalReading" DROP CONSTRAINT IF EXISTS "VitalReading_enrollmentId_fkey";
ALTER TABLE "DeviceSync" DROP CONSTRAINT IF EXISTS "DeviceSync_deviceId_fkey";
ALTER TABLE "CareTask" DROP CONSTRAINT IF EXISTS "CareTask_enrollmentId_fkey";
ALTER TABLE "CareGoal" DROP CONSTRAINT IF EXISTS "CareGoal_enrollmentId_fkey";
ALTER TABLE "Enrollment" DROP CONSTRAINT IF EXISTS "Enrollment_planId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "EducationAssignment";
DROP TABLE IF EXISTS "EducationMaterial";
DROP TABLE IF EXISTS "Alert";
DROP TABLE IF EXISTS "AlertThreshold";
DROP TABLE IF EXISTS "VitalReading";
DROP TABLE IF EXISTS "DeviceSync";
DROP TABLE IF EXISTS "MonitoringDevice";
DROP TABLE IF EXISTS "CareTask";
DROP TABLE IF EXISTS "CareGoal";
DROP TABLE IF EXISTS "Enrollment";
DROP TABLE IF EXISTS "Plan";

-- 3. Drop enums
DROP TYPE IF EXISTS "TaskStatus";
DROP TYPE IF EXISTS "AlertStatus";
DROP TYPE IF EXISTS "AlertSeverity";
DROP TYPE IF EXISTS "DeviceStatus";
DROP TYPE IF EXISTS "DeviceType";
DROP TYPE IF EXISTS "VitalSource";
DROP TYPE IF EXISTS "VitalType";
DROP TYPE IF EXISTS "EnrollmentStatus";
DROP TYPE IF EXISTS "PlanStatus";
DROP TYPE IF EXISTS "ConditionKind";

-- 4. Drop the trigger function, which no table uses any more
DROP FUNCTION IF EXISTS "setUpdatedAt"();

-- 5. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120200_initial_schema';
