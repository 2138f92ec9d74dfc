-- Rollback for: 20241222140000_add_index_on_study_modalities
-- Service: imaging-service
-- Description: Drops the indexes of the worklist and study search

DROP INDEX IF EXISTS "Study_modalities_idx";
DROP INDEX IF EXISTS "ImagingOrder_bodyPart_idx";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222140000_add_index_on_study_modalities';
