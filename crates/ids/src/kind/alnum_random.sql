CREATE FUNCTION {name}() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    digits CONSTANT text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    chance bytea;
    id text := '';
BEGIN
    LOOP
        chance := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
        FOR place IN 0..31 LOOP
            -- 62 of the 64 values of six bits count, so that each character is equally likely.
            id := id || substr(digits, (get_byte(chance, place) & 63) + 1, 1);
            IF length(id) = {length} THEN
                RETURN {prefix} || id;
            END IF;
        END LOOP;
    END LOOP;
END
$function$;

-- One that the column does not hold yet. Two transactions can still make the same one at the same time: keep the column
-- unique.
CREATE FUNCTION {name}(relation regclass, column_name name) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    id text;
    is_taken boolean;
BEGIN
    FOR attempt IN 1..100 LOOP
        id := {name}();
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I = $1)', relation, column_name) INTO is_taken USING id;
        IF NOT is_taken THEN
            RETURN id;
        END IF;
    END LOOP;
    RAISE EXCEPTION '100 ids in a row were taken in % of %', column_name, relation
        USING ERRCODE = 'unique_violation', HINT = 'Nearly all ids of this length are used up: take longer ones.';
END
$function$;
