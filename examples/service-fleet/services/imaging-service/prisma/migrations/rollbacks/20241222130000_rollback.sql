-- limosa: allow deletes-data
-- Rollback for: 20241222130000_add_study_share_table
-- Service: imaging-service
-- Description: Removes the shares of studies and the record of their use

-- 1. Drop foreign key constraints first
ALTER TABLE "StudyShareAccess" DROP CONSTRAINT IF EXISTS "StudyShareAccess_shareId_fkey";
ALTER TABLE "StudyShare" DROP CONSTRAINT IF EXISTS "StudyShare_studyId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "StudyShareAccess";
DROP TABLE IF EXISTS "StudyShare";

-- 3. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130000_add_study_share_table';
