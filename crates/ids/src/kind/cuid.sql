CREATE FUNCTION {name}() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    digits CONSTANT text := '0123456789abcdefghijklmnopqrstuvwxyz';
    number bigint := extract(epoch FROM clock_timestamp()) * 1000;
    chance CONSTANT bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    id text := '';
BEGIN
    FOR place IN 1..8 LOOP
        id := substr(digits, (number % 36)::int + 1, 1) || id;
        number := number / 36;
    END LOOP;
    -- Counter and machine, too, are chance: a function has neither.
    FOR place IN 0..15 LOOP
        id := id || substr(digits, (get_byte(chance, place * 2) * 256 + get_byte(chance, place * 2 + 1)) % 36 + 1, 1);
    END LOOP;
    RETURN {prefix} || 'c' || id;
END
$function$;
