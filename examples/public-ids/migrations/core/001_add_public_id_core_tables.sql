-- A public id for each kind of thing that existed. Rows that are there stay without one until the backfill; new rows
-- get theirs from the default, whoever writes them.
--
-- The function is what `limosa id cuid2 --sql` prints: CUID2, as @paralleldrive/cuid2 makes it in the application.
CREATE SCHEMA IF NOT EXISTS ids;

CREATE OR REPLACE FUNCTION ids.cuid2() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    digits CONSTANT text := '0123456789abcdefghijklmnopqrstuvwxyz';
    milliseconds CONSTANT bigint := extract(epoch FROM clock_timestamp()) * 1000;
    hash CONSTANT text := encode(sha256(
        int8send(milliseconds) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
    number bigint;
    -- Seven bytes of the hash make eight digits, the last four the letter.
    id text := chr(97 + (('x' || substr(hash, 57, 8))::bit(32)::bigint % 26)::int);
BEGIN
    FOR chunk IN 0..3 LOOP
        number := ('x' || substr(hash, chunk * 14 + 1, 14))::bit(56)::bigint;
        FOR place IN 1..8 LOOP
            IF length(id) = 24 THEN
                RETURN id;
            END IF;
            id := id || substr(digits, (number % 36)::int + 1, 1);
            number := number / 36;
        END LOOP;
    END LOOP;
    RETURN id;
END
$function$;
GRANT USAGE ON SCHEMA ids TO anon, authenticated, service_role;

ALTER TABLE patients ADD COLUMN IF NOT EXISTS public_id text;
ALTER TABLE appointments ADD COLUMN IF NOT EXISTS public_id text;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS public_id text;
ALTER TABLE insurance_claims ADD COLUMN IF NOT EXISTS public_id text;

-- Apart from ADD COLUMN: a default that is computed for each row would have the whole table written anew.
ALTER TABLE patients ALTER COLUMN public_id SET DEFAULT 'pat_' || ids.cuid2();
ALTER TABLE appointments ALTER COLUMN public_id SET DEFAULT 'apt_' || ids.cuid2();
ALTER TABLE sessions ALTER COLUMN public_id SET DEFAULT 'ses_' || ids.cuid2();
ALTER TABLE insurance_claims ALTER COLUMN public_id SET DEFAULT 'clm_' || ids.cuid2();

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS patients_public_id_key ON patients (public_id);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS appointments_public_id_key ON appointments (public_id);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS sessions_public_id_key ON sessions (public_id);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS insurance_claims_public_id_key ON insurance_claims (public_id);
