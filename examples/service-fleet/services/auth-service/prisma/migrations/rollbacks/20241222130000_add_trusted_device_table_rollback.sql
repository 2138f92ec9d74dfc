-- limosa: allow deletes-data
-- Rollback for: 20241222130000_add_trusted_device_table
-- Service: auth-service
-- Description: Removes the trusted devices and unlinks sessions from them

-- 1. Drop foreign key constraints first
ALTER TABLE "Session" DROP CONSTRAINT IF EXISTS "Session_trustedDeviceId_fkey";
ALTER TABLE "TrustedDevice" DROP CONSTRAINT IF EXISTS "TrustedDevice_userId_fkey";

-- 2. Drop the column, and its index with it
ALTER TABLE "Session" DROP COLUMN IF EXISTS "trustedDeviceId";

-- 3. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "TrustedDevice";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130000_add_trusted_device_table';
