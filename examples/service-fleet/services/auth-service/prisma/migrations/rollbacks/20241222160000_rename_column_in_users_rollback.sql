-- Rollback for: 20241222160000_rename_column_in_users
-- Service: auth-service
-- Description: Gives the renamed column of User its old name back

ALTER TABLE "User" RENAME COLUMN "lastLoginAt" TO "lastLogin";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222160000_rename_column_in_users';
