-- The range of ids moves on with every batch, so each row is visited once however the copy turns out.
DO $$
DECLARE
    batch_size INT := 1000;
    migrated INT := 0;
    row_count INT;
    last_id TEXT := '';
BEGIN
    PERFORM set_config('healthcare.keep_updated_at', 'on', true);
    LOOP
        WITH batch AS (
            SELECT "id" FROM "Patient"
            WHERE "id" > last_id
            ORDER BY "id"
            LIMIT batch_size
        ), moved AS (
            UPDATE "Patient" AS p
            SET "dateOfBirthNew" = COALESCE(p."dateOfBirthNew", p."dateOfBirth"::date)
            FROM batch
            WHERE p."id" = batch."id"
            RETURNING p."id"
        )
        SELECT count(*), max("id") INTO row_count, last_id FROM moved;

        EXIT WHEN row_count = 0;

        migrated := migrated + row_count;
        RAISE NOTICE 'Migrated % records', migrated;
    END LOOP;
    PERFORM set_config('healthcare.keep_updated_at', 'off', true);
END
$$;
