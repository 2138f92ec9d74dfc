SELECT
    standby.lag, standby.name,
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity
        WHERE state = 'active' AND backend_type = 'client backend' AND pid <> ALL (ARRAY[{own}]::int[])),
    (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn)::bigint,
    oldest.age, oldest.session,
    -- As many dead rows as make an autovacuum begin, while one is at work here.
    (SELECT t.n_dead_tup FROM pg_catalog.pg_stat_all_tables t JOIN pg_catalog.pg_class c ON c.oid = t.relid
        WHERE t.relid = {relation} AND EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum v WHERE v.relid = t.relid)
            AND t.n_dead_tup > COALESCE(
                (SELECT option_value::float8 FROM pg_catalog.pg_options_to_table(c.reloptions)
                    WHERE option_name = 'autovacuum_vacuum_threshold'),
                pg_catalog.current_setting('autovacuum_vacuum_threshold')::float8)
            + COALESCE(
                (SELECT option_value::float8 FROM pg_catalog.pg_options_to_table(c.reloptions)
                    WHERE option_name = 'autovacuum_vacuum_scale_factor'),
                pg_catalog.current_setting('autovacuum_vacuum_scale_factor')::float8)
            * GREATEST(c.reltuples, 0))
FROM (SELECT 1) one
LEFT JOIN LATERAL (
    SELECT extract(epoch FROM replay_lag) AS lag, application_name AS name
    FROM pg_catalog.pg_stat_replication ORDER BY replay_lag DESC NULLS LAST LIMIT 1
) standby ON true
LEFT JOIN LATERAL (
    SELECT GREATEST(extract(epoch FROM pg_catalog.clock_timestamp() - xact_start), 0) AS age,
        pg_catalog.concat_ws(' ', NULLIF(application_name, ''), usename::text, '(pid ' || pid || ')') AS session
    FROM pg_catalog.pg_stat_activity
    WHERE datname = pg_catalog.current_database() AND backend_type = 'client backend'
        AND pid <> ALL (ARRAY[{own}]::int[]) AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)
    ORDER BY xact_start LIMIT 1
) oldest ON true
