-- At most one row, found by the keys of a role, a schema and two tables. $1 is the role, $2 the history schema.
SELECT n.oid IS NOT NULL,
       pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CREATE'),
       pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
           AND pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE'),
       pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE') AND (
           SELECT bool_and(pg_catalog.has_table_privilege(r.oid, w.relation, w.privilege))
           FROM (VALUES (m.oid, 'SELECT'), (m.oid, 'INSERT'), (m.oid, 'UPDATE'), (m.oid, 'DELETE'),
                        (e.oid, 'SELECT'), (e.oid, 'INSERT')) AS w(relation, privilege)),
       pg_catalog.pg_get_userbyid(m.relowner)::text
FROM pg_catalog.pg_roles r
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = $2
LEFT JOIN pg_catalog.pg_class m ON m.relnamespace = n.oid AND m.relname = 'migration'
LEFT JOIN pg_catalog.pg_class e ON e.relnamespace = n.oid AND e.relname = 'event'
WHERE r.rolname = $1
