-- limosa: allow deletes-data
-- Rollback for: 20241222130000_create_common_lab_tests
-- Service: laboratory-service
-- Description: Removes the common lab tests, their panel and ranges

-- A test that was ordered since then cannot go: the foreign key refuses, and the rollback with it.
DELETE FROM "LabPanel" WHERE "id" = 'e3f8a6d1-0000-4000-8000-000000000101';
DELETE FROM "LabTest" WHERE "id" BETWEEN
    'e3f8a6d1-0000-4000-8000-000000000001' AND 'e3f8a6d1-0000-4000-8000-000000000006';

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130000_create_common_lab_tests';
