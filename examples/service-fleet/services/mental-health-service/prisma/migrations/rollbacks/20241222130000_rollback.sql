-- limosa: allow deletes-data
-- Rollback for: 20241222130000_add_assessment_question_table
-- Service: mental-health-service
-- Description: Removes the assessment questions and answers

-- 1. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "AssessmentQuestion";

-- 2. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130000_add_assessment_question_table';
