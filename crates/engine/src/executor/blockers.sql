-- Who keeps this process ($1) waiting, and what of theirs it waits for. A prepared transaction has no process: of those,
-- the ones that have a lock on the same thing.
WITH waits AS (
  SELECT l.locktype, ROW(l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid,
    l.objid, l.objsubid) AS thing
  FROM pg_catalog.pg_locks l WHERE l.pid = $1 AND NOT l.granted
), held AS (
  SELECT l.pid, l.virtualtransaction, CASE l.locktype WHEN 'virtualxid' THEN 'an older transaction'
    WHEN 'transactionid' THEN 'rows' ELSE pg_catalog.concat_ws(' on ',
      pg_catalog.upper(pg_catalog.regexp_replace(pg_catalog.regexp_replace(l.mode, 'Lock$', ''), '([a-z])([A-Z])',
        '\1 \2', 'g')), l.relation::regclass::text) END AS what
  FROM pg_catalog.pg_locks l JOIN waits w ON w.thing IS NOT DISTINCT FROM ROW(l.locktype, l.database, l.relation,
    l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid, l.objsubid)
  WHERE l.granted
), blocking AS (
  SELECT DISTINCT pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS pid
)
SELECT b.pid, a.usename::text, nullif(a.application_name, '') AS application, a.state,
       extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.query_start))::float8 AS age,
       pg_catalog.left(a.query, 300) AS query,
       (SELECT pg_catalog.string_agg(DISTINCT h.what, ', ') FROM held h WHERE h.pid = b.pid) AS holds
FROM blocking b LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
WHERE b.pid <> 0
UNION ALL
SELECT 0, p.owner::text, NULL, 'prepared',
       extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared)::float8,
       'prepared transaction ' || pg_catalog.quote_literal(p.gid), pg_catalog.string_agg(DISTINCT h.what, ', ')
FROM blocking b JOIN pg_catalog.pg_prepared_xacts p ON b.pid = 0
JOIN pg_catalog.pg_locks x ON x.pid IS NULL AND x.locktype = 'transactionid' AND x.transactionid = p.transaction
JOIN held h ON h.pid IS NULL AND h.virtualtransaction = x.virtualtransaction
GROUP BY p.owner, p.prepared, p.gid
ORDER BY 1, 6
