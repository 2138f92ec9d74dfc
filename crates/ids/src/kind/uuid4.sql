CREATE FUNCTION {name}() RETURNS {returns}
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
    RETURN {prefix} || gen_random_uuid();
END
$function$;
