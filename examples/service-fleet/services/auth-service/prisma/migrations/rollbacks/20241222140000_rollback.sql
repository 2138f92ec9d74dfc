-- Rollback for: 20241222140000_add_index_on_login_attempt_ip
-- Service: auth-service
-- Description: Drops the index on the address of login attempts

DROP INDEX IF EXISTS "LoginAttempt_ipAddress_attemptedAt_idx";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222140000_add_index_on_login_attempt_ip';
