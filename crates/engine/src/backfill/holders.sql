-- Transactions that write to a table ($1) or lock it, the oldest first: one of them holds the rows that are waited for.
WITH held AS (
  SELECT l.pid, l.virtualtransaction, pg_catalog.string_agg(DISTINCT pg_catalog.upper(pg_catalog.regexp_replace(
    pg_catalog.regexp_replace(l.mode, 'Lock$', ''), '([a-z])([A-Z])', '\1 \2', 'g')), ', ') AS modes
  FROM pg_catalog.pg_locks l
  WHERE l.locktype = 'relation' AND l.granted AND l.mode <> 'AccessShareLock'
  AND l.relation IN (SELECT relid::oid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1))
    UNION SELECT pg_catalog.to_regclass($1)::oid)
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
  GROUP BY l.pid, l.virtualtransaction
)
SELECT pg_catalog.format('held by process %s, user %s, application %s, %s, %s on the table, for %s s: %s', a.pid,
    a.usename, a.application_name, a.state, h.modes,
    extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::numeric(12, 1), pg_catalog.left(a.query, 200)) AS who,
  a.xact_start AS since
FROM held h JOIN pg_catalog.pg_stat_activity a ON a.pid = h.pid
WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.application_name NOT LIKE 'limosa%'
UNION ALL
SELECT pg_catalog.format('held by prepared transaction %L, user %s, %s on the table, for %s s: it ends with COMMIT '
    'PREPARED or ROLLBACK PREPARED', p.gid, p.owner, h.modes,
    extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared)::numeric(12, 1)), p.prepared
FROM pg_catalog.pg_prepared_xacts p
JOIN pg_catalog.pg_locks x ON x.pid IS NULL AND x.locktype = 'transactionid' AND x.transactionid = p.transaction
JOIN held h ON h.pid IS NULL AND h.virtualtransaction = x.virtualtransaction
ORDER BY since
LIMIT 5
