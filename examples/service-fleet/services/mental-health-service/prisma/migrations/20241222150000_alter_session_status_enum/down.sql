-- limosa: allow deletes-data
-- Rollback for: 20241222150000_alter_session_status_enum
-- Service: mental-health-service
-- Description: Rebuilds SessionStatus without the value that was added

-- 1. Give rows with the value that goes away the nearest one that stays
UPDATE "TherapySession" SET "status" = 'cancelled' WHERE "status" = 'late_cancelled';

-- 2. PostgreSQL cannot drop a value of an enum: build the type again and move the column over by its text
ALTER TABLE "TherapySession" ALTER COLUMN "status" DROP DEFAULT;
ALTER TYPE "SessionStatus" RENAME TO "SessionStatus_old";
CREATE TYPE "SessionStatus" AS ENUM ('scheduled', 'in_progress', 'completed', 'cancelled', 'no_show');
ALTER TABLE "TherapySession" ALTER COLUMN "status" TYPE "SessionStatus" USING "status"::text::"SessionStatus";
DROP TYPE "SessionStatus_old";
ALTER TABLE "TherapySession" ALTER COLUMN "status" SET DEFAULT 'scheduled';

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222150000_alter_session_status_enum';
