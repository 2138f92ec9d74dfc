-- Rollback for: 20241222140000_add_index_on_vital_reading_time
-- Service: chronic-care-service
-- Description: Drops the indexes on the time of vital readings

DROP INDEX CONCURRENTLY IF EXISTS "VitalReading_measuredAt_idx";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222140000_add_index_on_vital_reading_time';
