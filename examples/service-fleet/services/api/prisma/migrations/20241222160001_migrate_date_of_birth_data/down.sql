-- Rollback for: 20241222160001_migrate_date_of_birth_data
-- Service: api
-- Description: Empties the dates that were copied from the old column

DO $$
BEGIN
    PERFORM set_config('healthcare.keep_updated_at', 'on', true);
    UPDATE "Patient" SET "dateOfBirthNew" = NULL WHERE "dateOfBirthNew" = "dateOfBirth"::date;
    PERFORM set_config('healthcare.keep_updated_at', 'off', true);
END
$$;

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222160001_migrate_date_of_birth_data';
