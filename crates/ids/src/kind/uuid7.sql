CREATE FUNCTION {name}() RETURNS {returns}
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    now CONSTANT timestamptz := clock_timestamp();
    microseconds CONSTANT bigint := extract(epoch FROM now) * 1000000;
BEGIN
    -- The next one of this session sorts behind this one, since it is made in another microsecond.
    WHILE clock_timestamp() = now LOOP
    END LOOP;
    RETURN {prefix} || (lpad(to_hex(microseconds / 1000), 12, '0')
        || '7' || lpad(to_hex(microseconds % 1000 * 4096 / 1000), 3, '0')
        || substr(gen_random_uuid()::text, 20))::uuid;
END
$function$;
