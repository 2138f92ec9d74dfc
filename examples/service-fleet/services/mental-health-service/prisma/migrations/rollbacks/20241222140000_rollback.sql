-- Rollback for: 20241222140000_add_index_on_assessment_risk_item
-- Service: mental-health-service
-- Description: Drops the index on positive answers to the risk item

DROP INDEX IF EXISTS "Assessment_completedAt_idx";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222140000_add_index_on_assessment_risk_item';
