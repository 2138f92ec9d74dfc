CREATE FUNCTION {name}() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    digits CONSTANT text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    now CONSTANT timestamptz := clock_timestamp();
    microseconds CONSTANT bigint := extract(epoch FROM now) * 1000000;
    chance CONSTANT bytea := sha256(uuid_send(gen_random_uuid()));
    number bigint := microseconds / 1000;
    id text := '';
BEGIN
    FOR place IN 1..10 LOOP
        id := substr(digits, (number % 32)::int + 1, 1) || id;
        number := number / 32;
    END LOOP;
    -- The next one of this session sorts behind this one: ten bits say which of the thousand microseconds it was, and
    -- it is made in another one.
    number := microseconds % 1000;
    id := id || substr(digits, (number / 32)::int + 1, 1) || substr(digits, (number % 32)::int + 1, 1);
    FOR place IN 0..13 LOOP
        id := id || substr(digits, (get_byte(chance, place) & 31) + 1, 1);
    END LOOP;
    WHILE clock_timestamp() = now LOOP
    END LOOP;
    RETURN {prefix} || id;
END
$function$;
