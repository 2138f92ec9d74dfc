-- The locks on relations of this database that other sessions hold and that keep writers out or would keep a change of
-- the schema waiting: all but ACCESS SHARE of queries that have just begun. One pass over the lock table.
SELECT l.relation::bigint, n.nspname::text, c.relname::text, l.mode, l.pid, a.usename::text,
       nullif(a.application_name, ''), a.state,
       extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.query_start, p.prepared))::float8,
       coalesce(pg_catalog.left(a.query, 300), 'prepared transaction ' || p.gid)
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_class c ON c.oid = l.relation
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
LEFT JOIN pg_catalog.pg_prepared_xacts p ON l.virtualtransaction = '-1/' || p.transaction::text
WHERE l.locktype = 'relation' AND l.granted AND l.database = (
        SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND c.relkind IN ('r', 'p', 'm', 'v') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
  AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
ORDER BY 9 DESC NULLS LAST
