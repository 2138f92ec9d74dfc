-- limosa: allow deletes-data
-- Rollback for: 20241222130100_create_assessment_questions
-- Service: mental-health-service
-- Description: Removes the question texts of PHQ-9 and GAD-7

DELETE FROM "AssessmentQuestion" WHERE "id" BETWEEN
    '5a2e7f10-0000-4000-8000-000000000701' AND '5a2e7f10-0000-4000-8000-000000000909';

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130100_create_assessment_questions';
