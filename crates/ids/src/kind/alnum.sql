CREATE SEQUENCE {sequence} AS bigint MINVALUE 0 START 0 MAXVALUE {last} NO CYCLE;

-- Each number below {high} * {low} becomes another one, none two times: a half of its digits is added to, in turns, a
-- hash of the other half and of the key. Whoever reads this function can tell which id comes next.
CREATE FUNCTION {permuted}(number bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    secret CONSTANT bytea := '\x{key}';
    high bigint := number / {low};
    low bigint := number % {low};
    hash text;
    rest bigint;
    id text := '';
BEGIN
    IF number NOT BETWEEN 0 AND {last} THEN
        RAISE EXCEPTION 'there is no id number %; the numbers of this length go from 0 to {last}', number
            USING ERRCODE = 'numeric_value_out_of_range';
    END IF;
    FOR round IN 0..{last round} LOOP
        hash := encode(
            sha256(secret || int4send(round) || int8send(CASE round % 2 WHEN 0 THEN high ELSE low END)), 'hex');
        rest := ('x' || substr(hash, 1, 14))::bit(56)::bigint;
        IF round % 2 = 0 THEN
            low := (low + rest % {low}) % {low};
        ELSE
            high := (high + rest % {high}) % {high};
        END IF;
    END LOOP;
    rest := high * {low} + low;
    FOR place IN 1..{length} LOOP
        id := substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', (rest % 62)::int + 1, 1) || id;
        rest := rest / 62;
    END LOOP;
    RETURN {prefix} || id;
END
$function$;

-- With its owner's rights, so that whoever may insert a row needs none on the sequence.
CREATE FUNCTION {name}() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
    RETURN {permuted}(nextval({sequence text}));
END
$function$;
