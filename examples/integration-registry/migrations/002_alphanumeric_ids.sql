-- `limosa id alnum:8 --write` wrote the first half: ids from a sequence, so that none can come twice. The random ones of
-- before could, and then an INSERT failed.

CREATE SCHEMA IF NOT EXISTS "ids";

CREATE SEQUENCE "ids"."alnum_number" AS bigint MINVALUE 0 START 0 MAXVALUE 218340105584895 NO CYCLE;

-- Each number below 14776336 * 14776336 becomes another one, none two times: a half of its digits is added to, in turns, a
-- hash of the other half and of the key. Whoever reads this function can tell which id comes next.
CREATE FUNCTION "ids"."alnum_of"(number bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    secret CONSTANT bytea := '\x5975640034f8100da7bd2931e20783fd4edf96c1c7d9849eb48836e6c1aad257';
    high bigint := number / 14776336;
    low bigint := number % 14776336;
    hash text;
    rest bigint;
    id text := '';
BEGIN
    IF number NOT BETWEEN 0 AND 218340105584895 THEN
        RAISE EXCEPTION 'there is no id number %; the numbers of this length go from 0 to 218340105584895', number
            USING ERRCODE = 'numeric_value_out_of_range';
    END IF;
    FOR round IN 0..5 LOOP
        hash := encode(
            sha256(secret || int4send(round) || int8send(CASE round % 2 WHEN 0 THEN high ELSE low END)), 'hex');
        rest := ('x' || substr(hash, 1, 14))::bit(56)::bigint;
        IF round % 2 = 0 THEN
            low := (low + rest % 14776336) % 14776336;
        ELSE
            high := (high + rest % 14776336) % 14776336;
        END IF;
    END LOOP;
    rest := high * 14776336 + low;
    FOR place IN 1..8 LOOP
        id := substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', (rest % 62)::int + 1, 1) || id;
        rest := rest / 62;
    END LOOP;
    RETURN id;
END
$function$;

-- With its owner's rights, so that whoever may insert a row needs none on the sequence.
CREATE FUNCTION "ids"."alnum"() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
    RETURN "ids"."alnum_of"(nextval('"ids"."alnum_number"'));
END
$function$;

CREATE OR REPLACE FUNCTION generate_alphanumeric_id() RETURNS varchar(8) LANGUAGE sql VOLATILE AS $function$
    SELECT ids.alnum()
$function$;

-- Which id of ours stands for which id in the other system. It is kept: old links go on to lead somewhere.
CREATE TABLE integrations.integration_ids (
    external_system_id varchar PRIMARY KEY,
    integration_id varchar(8) NOT NULL UNIQUE DEFAULT generate_alphanumeric_id(),
    mapped_at timestamptz NOT NULL DEFAULT now()
);

-- The registry and soe_integrations ask here, whichever comes first, and get the same answer.
CREATE FUNCTION integrations.integration_id_of(external varchar) RETURNS varchar(8)
LANGUAGE plpgsql VOLATILE STRICT AS $function$
DECLARE
    found_id varchar(8);
BEGIN
    SELECT integration_id INTO found_id FROM integrations.integration_ids WHERE external_system_id = external;
    IF found_id IS NULL THEN
        INSERT INTO integrations.integration_ids (external_system_id) VALUES (external) ON CONFLICT DO NOTHING;
        SELECT integration_id INTO found_id FROM integrations.integration_ids WHERE external_system_id = external;
    END IF;
    RETURN found_id;
END
$function$;
