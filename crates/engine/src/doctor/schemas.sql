-- One row for each schema asked for, found by key. $1 is the role, $2 the schemas in the order of the search path.
SELECT w.name, n.oid IS NOT NULL,
       pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE'),
       pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE'),
       pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CREATE')
FROM pg_catalog.pg_roles r
CROSS JOIN pg_catalog.unnest($2) WITH ORDINALITY AS w(name, place)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.name
WHERE r.rolname = $1
ORDER BY w.place
