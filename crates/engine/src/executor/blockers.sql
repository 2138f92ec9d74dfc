SELECT b.pid, a.usename::text, nullif(a.application_name, ''), a.state,
       extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.query_start, p.prepared))::float8,
       coalesce(pg_catalog.left(a.query, 300), 'prepared transaction ' || p.gid)
FROM (SELECT DISTINCT pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS pid) b
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
LEFT JOIN pg_catalog.pg_prepared_xacts p ON b.pid = 0
ORDER BY b.pid
