-- limosa: allow deletes-data
-- Rollback for: 20241222130100_create_schedule_rules
-- Service: pharmacy-service
-- Description: Removes the refill rules of controlled substance schedules

-- 1. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "ScheduleRule";

-- 2. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130100_create_schedule_rules';
