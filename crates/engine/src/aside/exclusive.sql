-- Who has tables of this database to himself, or is next in line for one: the others wait behind
-- him. A prepared transaction has no process.
WITH exclusive AS (
  SELECT l.pid, l.virtualtransaction, pg_catalog.string_agg(DISTINCT
    CASE WHEN l.granted THEN '' ELSE 'waiting for ' END || 'ACCESS EXCLUSIVE on ' || l.relation::regclass::text, ', ')
    AS holds
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p', 'm', 'v', 'f')
    AND c.relpersistence <> 't' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
  GROUP BY l.pid, l.virtualtransaction
)
SELECT e.pid, a.usename::text, nullif(a.application_name, ''), a.state,
       extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.query_start))::float8 AS age,
       pg_catalog.left(a.query, 300), e.holds
FROM exclusive e JOIN pg_catalog.pg_stat_activity a ON a.pid = e.pid
UNION ALL
SELECT 0, p.owner::text, NULL, 'prepared', extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared)::float8,
       'prepared transaction ' || pg_catalog.quote_literal(p.gid), e.holds
FROM exclusive e
JOIN pg_catalog.pg_locks x ON x.pid IS NULL AND x.locktype = 'transactionid'
  AND x.virtualtransaction = e.virtualtransaction
JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid
WHERE e.pid IS NULL
ORDER BY 5 DESC NULLS LAST
LIMIT 5
