-- limosa: allow deletes-data
-- Rollback for: 20241222140000_add_visit_participant_table
-- Service: telehealth-service
-- Description: Removes visit participants and recordings with their enums

-- 1. Drop foreign key constraints first
ALTER TABLE "VisitRecording" DROP CONSTRAINT IF EXISTS "VisitRecording_visitId_fkey";
ALTER TABLE "VisitParticipant" DROP CONSTRAINT IF EXISTS "VisitParticipant_visitId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "VisitRecording";
DROP TABLE IF EXISTS "VisitParticipant";

-- 3. Drop enums
DROP TYPE IF EXISTS "RecordingStatus";
DROP TYPE IF EXISTS "ParticipantRole";

-- 4. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222140000_add_visit_participant_table';
