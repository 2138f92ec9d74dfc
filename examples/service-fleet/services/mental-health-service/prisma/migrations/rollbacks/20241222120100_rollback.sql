-- limosa: allow deletes-data
-- Rollback for: 20241222120100_initial_schema
-- Service: mental-health-service
-- Description: Removes all tables and enums created in initial schema

-- 1. Drop foreign key constraints first
ALTER TABLE "CrisisEvent" DROP CONSTRAINT IF EXISTS "CrisisEvent_safetyPlanId_fkey";
ALTER TABLE "CrisisEvent" DROP CONSTRAINT IF EXISTS "CrisisEvent_assessmentId_fkey";
ALTER TABLE "Assessment" DROP CONSTRAINT IF EXISTS "Assessment_sessionId_fkey";
ALTER TABLE "SessionNote" DROP CONSTRAINT IF EXISTS "SessionNote_sessionId_fkey";
ALTER TABLE "TherapySession" DROP CONSTRAINT IF EXISTS "TherapySession_groupId_fkey";
ALTER TABLE "TherapySession" DROP CONSTRAINT IF EXISTS "TherapySession_treatmentPlanId_fkey";
ALTER TABLE "TherapyGroupMember" DROP CONSTRAINT IF EXISTS "TherapyGroupMember_groupId_fkey";
ALTER TABLE "TreatmentGoal" DROP CONSTRAINT IF EXISTS "TreatmentGoal_treatmentPlanId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "CrisisEvent";
DROP TABLE IF EXISTS "SafetyPlan";
DROP TABLE IF EXISTS "MoodEntry";
DROP TABLE IF EXISTS "Assessment";
DROP TABLE IF EXISTS "SessionNote";
DROP TABLE IF EXISTS "TherapySession";
DROP TABLE IF EXISTS "TherapyGroupMember";
DROP TABLE IF EXISTS "TherapyGroup";
DROP TABLE IF EXISTS "TreatmentGoal";
DROP TABLE IF EXISTS "TreatmentPlan";

-- 3. Drop enums
DROP TYPE IF EXISTS "CrisisStatus";
DROP TYPE IF EXISTS "RiskLevel";
DROP TYPE IF EXISTS "GoalStatus";
DROP TYPE IF EXISTS "TreatmentPlanStatus";
DROP TYPE IF EXISTS "SessionStatus";
DROP TYPE IF EXISTS "SessionType";
DROP TYPE IF EXISTS "SeverityBand";
DROP TYPE IF EXISTS "AssessmentType";

-- 4. Drop the trigger function, which no table uses any more
DROP FUNCTION IF EXISTS "setUpdatedAt"();

-- 5. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120100_initial_schema';
