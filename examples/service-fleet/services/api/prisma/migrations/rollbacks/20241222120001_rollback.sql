-- Rollback for: 20241222120001_migrate_status_data
-- Service: api
-- Description: Empties the statuses that the migration derived, and keeps those that say more

DO $$
BEGIN
    PERFORM set_config('healthcare.keep_updated_at', 'on', true);
    -- A status that differs from what the old columns say was set by the application, and is not ours to take away.
    UPDATE "Patient"
    SET "status" = NULL
    WHERE "status" = CASE
        WHEN "deceasedAt" IS NOT NULL THEN 'deceased'::"PatientStatus"
        WHEN "isActive" THEN 'active'::"PatientStatus"
        ELSE 'inactive'::"PatientStatus"
    END;
    PERFORM set_config('healthcare.keep_updated_at', 'off', true);
END
$$;

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120001_migrate_status_data';
