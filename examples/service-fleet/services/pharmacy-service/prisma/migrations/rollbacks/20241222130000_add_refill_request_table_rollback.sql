-- limosa: allow deletes-data
-- Rollback for: 20241222130000_add_refill_request_table
-- Service: pharmacy-service
-- Description: Removes the refill requests and their enum

-- 1. Drop foreign key constraints first
ALTER TABLE "RefillRequest" DROP CONSTRAINT IF EXISTS "RefillRequest_prescriptionItemId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "RefillRequest";

-- 3. Drop enums
DROP TYPE IF EXISTS "RefillRequestStatus";

-- 4. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130000_add_refill_request_table';
