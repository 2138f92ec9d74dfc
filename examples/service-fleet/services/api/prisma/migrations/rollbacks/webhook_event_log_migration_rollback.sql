-- limosa: allow deletes-data
-- Rollback for: webhook_event_log_migration
-- Service: api
-- Description: Removes the webhook event log and its enum

-- 1. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "WebhookEventLog";

-- 2. Drop enums
DROP TYPE IF EXISTS "WebhookEventStatus";

-- 3. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = 'webhook_event_log_migration';
