-- Fills "Patient"."status" from the columns that it replaces, in batches of 1000 rows. The block is one transaction, so
-- that it is applied whole or not at all; batches keep each statement small and let the progress be seen. A derived
-- status is never null, so every batch takes rows out of the next one's reach and the loop ends.
DO $$
DECLARE
    batch_size INT := 1000;
    migrated INT := 0;
    row_count INT;
BEGIN
    -- Nobody edited these patients: their "updatedAt" must not say so.
    PERFORM set_config('healthcare.keep_updated_at', 'on', true);
    LOOP
        UPDATE "Patient"
        SET "status" = CASE
            WHEN "deceasedAt" IS NOT NULL THEN 'deceased'::"PatientStatus"
            WHEN "isActive" THEN 'active'::"PatientStatus"
            ELSE 'inactive'::"PatientStatus"
        END
        WHERE "id" IN (
            SELECT "id" FROM "Patient"
            WHERE "status" IS NULL
            ORDER BY "id"
            LIMIT batch_size
        );

        GET DIAGNOSTICS row_count = ROW_COUNT;
        EXIT WHEN row_count = 0;

        migrated := migrated + row_count;
        RAISE NOTICE 'Migrated % records', migrated;
    END LOOP;
    PERFORM set_config('healthcare.keep_updated_at', 'off', true);
END
$$;
