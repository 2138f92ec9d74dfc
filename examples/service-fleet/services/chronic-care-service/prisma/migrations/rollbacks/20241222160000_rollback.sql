-- Rollback for: 20241222160000_rename_column_in_alert
-- Service: chronic-care-service
-- Description: Gives the renamed column of Alert its old name back

ALTER TABLE "Alert" RENAME COLUMN "acknowledgedById" TO "acknowledgedBy";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222160000_rename_column_in_alert';
