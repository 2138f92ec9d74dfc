-- Three rows: how many connections the server, the role and the database allow, and how many are taken (this one
-- included). Looks at the sessions once. A limit of -1 is none.
WITH taken AS (
    SELECT datid, usesysid FROM pg_catalog.pg_stat_activity
    WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'
)
SELECT 'server', pg_catalog.current_setting('max_connections')::bigint
           - CASE WHEN r.rolsuper THEN 0
                  ELSE pg_catalog.current_setting('superuser_reserved_connections')::bigint
                     + coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::bigint END,
       (SELECT count(*) FROM taken)
FROM pg_catalog.pg_roles r WHERE r.rolname = session_user
UNION ALL
SELECT 'role', CASE WHEN r.rolsuper THEN -1 ELSE r.rolconnlimit END,
       (SELECT count(*) FROM taken WHERE usesysid = r.oid)
FROM pg_catalog.pg_roles r WHERE r.rolname = session_user
UNION ALL
SELECT 'database', CASE WHEN r.rolsuper THEN -1 ELSE d.datconnlimit END,
       (SELECT count(*) FROM taken WHERE datid = d.oid)
FROM pg_catalog.pg_database d, pg_catalog.pg_roles r
WHERE d.datname = pg_catalog.current_database() AND r.rolname = session_user
