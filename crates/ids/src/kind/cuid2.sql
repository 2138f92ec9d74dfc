CREATE FUNCTION {name}() RETURNS text
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
            IF length(id) = {length} THEN
                RETURN {prefix} || id;
            END IF;
            id := id || substr(digits, (number % 36)::int + 1, 1);
            number := number / 36;
        END LOOP;
    END LOOP;
    RETURN {prefix} || id;
END
$function$;
