-- One row, found by the keys of two roles. From PostgreSQL 16 on a member may be kept from SET ROLE.
SELECT o.oid IS NOT NULL,
       pg_catalog.pg_has_role(s.oid, o.oid,
           CASE WHEN pg_catalog.current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END)
FROM pg_catalog.pg_roles s
LEFT JOIN pg_catalog.pg_roles o ON o.rolname = $1
WHERE s.rolname = session_user
