-- limosa: allow deletes-data
-- Rollback for: 20241222150000_alter_device_status_enum
-- Service: chronic-care-service
-- Description: Rebuilds DeviceStatus without the value that was added

-- 1. Give rows with the value that goes away the nearest one that stays
UPDATE "MonitoringDevice" SET "status" = 'active' WHERE "status" = 'maintenance';

-- 2. PostgreSQL cannot drop a value of an enum: build the type again and move the column over by its text
ALTER TABLE "MonitoringDevice" ALTER COLUMN "status" DROP DEFAULT;
ALTER TYPE "DeviceStatus" RENAME TO "DeviceStatus_old";
CREATE TYPE "DeviceStatus" AS ENUM ('active', 'lost', 'retired');
ALTER TABLE "MonitoringDevice" ALTER COLUMN "status" TYPE "DeviceStatus" USING "status"::text::"DeviceStatus";
DROP TYPE "DeviceStatus_old";
ALTER TABLE "MonitoringDevice" ALTER COLUMN "status" SET DEFAULT 'active';

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222150000_alter_device_status_enum';
