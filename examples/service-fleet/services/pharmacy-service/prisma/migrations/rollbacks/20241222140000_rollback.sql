-- Rollback for: 20241222140000_add_index_on_inventory_expiry
-- Service: pharmacy-service
-- Description: Drops the index on lots in stock by expiry

DROP INDEX IF EXISTS "InventoryLot_pharmacyId_expiresOn_idx";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222140000_add_index_on_inventory_expiry';
