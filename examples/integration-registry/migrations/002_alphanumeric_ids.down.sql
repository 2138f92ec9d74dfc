-- limosa: allow deletes-data

DROP FUNCTION integrations.integration_id_of(varchar);
DROP TABLE integrations.integration_ids;
CREATE OR REPLACE FUNCTION generate_alphanumeric_id() RETURNS varchar(8) LANGUAGE sql VOLATILE AS $function$
    SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 1 + floor(random() * 36)::int, 1), '')
    FROM generate_series(1, 8)
$function$;
DROP FUNCTION ids.alnum();
DROP FUNCTION ids.alnum_of(bigint);
DROP SEQUENCE ids.alnum_number;
DROP SCHEMA ids;
