CREATE FUNCTION {name}() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    digits CONSTANT text := 'useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict';
    chance CONSTANT bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
        || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    id text := '';
BEGIN
    FOR place IN 0..{length} - 1 LOOP
        id := id || substr(digits, (get_byte(chance, place) & 63) + 1, 1);
    END LOOP;
    RETURN {prefix} || id;
END
$function$;
