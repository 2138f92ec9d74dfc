-- The transactions of this database that are open for longer than $1 seconds, the oldest five and how many there are;
-- the last column counts sessions whose transactions this role may not see. Looks at the sessions twice, and at the
-- prepared transactions.
WITH open AS (
    SELECT a.pid, a.usename::text AS role, nullif(a.application_name, '') AS application, a.state,
           pg_catalog.clock_timestamp() - a.xact_start AS age, pg_catalog.left(a.query, 200) AS what, NULL AS gid
    FROM pg_catalog.pg_stat_activity a
    WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
      AND a.backend_type = 'client backend'
      AND a.xact_start < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $1)
    UNION ALL
    SELECT 0, p.owner::text, NULL, NULL, pg_catalog.clock_timestamp() - p.prepared, NULL, p.gid
    FROM pg_catalog.pg_prepared_xacts p
    WHERE p.database = pg_catalog.current_database()
      AND p.prepared < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $1)
), hidden AS (
    SELECT count(*) AS sessions FROM pg_catalog.pg_stat_activity a
    WHERE a.datname = pg_catalog.current_database() AND a.usesysid IS NOT NULL AND a.backend_type IS NULL
)
SELECT o.pid, o.role, o.application, o.state, extract(epoch FROM o.age)::float8, o.what, o.gid,
       count(o.pid) OVER (), h.sessions
FROM hidden h LEFT JOIN open o ON true
ORDER BY o.age DESC NULLS LAST LIMIT 5
