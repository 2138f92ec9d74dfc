-- Rollback for: 20241222140000_add_index_on_result_flag
-- Service: laboratory-service
-- Description: Drops the index on critical results

DROP INDEX IF EXISTS "LabResult_verifiedAt_idx";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222140000_add_index_on_result_flag';
