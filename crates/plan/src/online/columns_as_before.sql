DO $limosa$
DECLARE
    it record;
    start text;
BEGIN
    FOR it IN
        SELECT pg_catalog.quote_ident(new.attname) AS name, old.attstattarget AS target, old.attoptions AS options,
            old.attstorage AS storage, new.attstorage <> old.attstorage AND new.atttypid = old.atttypid AS is_other
        FROM pg_catalog.pg_attribute old
        JOIN pg_catalog.pg_attribute new ON new.attname = old.attname AND new.attnum > 0 AND NOT new.attisdropped
        WHERE old.attrelid = {old}::regclass AND new.attrelid = {new}::regclass AND old.attnum > 0
            AND NOT old.attisdropped
    LOOP
        start := pg_catalog.format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %s SET ', {new}::regclass, it.name);
        IF it.target >= 0 THEN
            EXECUTE start || 'STATISTICS ' || it.target;
        END IF;
        IF it.options IS NOT NULL THEN
            EXECUTE start || '(' || pg_catalog.array_to_string(it.options, ', ') || ')';
        END IF;
        IF it.is_other THEN
            EXECUTE start || 'STORAGE '
                || CASE it.storage
                    WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED'
                END;
        END IF;
    END LOOP;
END $limosa$
