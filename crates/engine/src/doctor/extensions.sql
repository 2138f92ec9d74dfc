-- One row for each extension asked for. Reads the server's extension control files: some milliseconds.
-- $1 is the role, $2 the extensions.
SELECT w.name, e.oid IS NOT NULL, a.name IS NOT NULL,
       NOT r.rolsuper AND v.superuser AND NOT v.trusted,
       pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CREATE')
FROM pg_catalog.pg_roles r
CROSS JOIN pg_catalog.unnest($2) WITH ORDINALITY AS w(name, place)
LEFT JOIN pg_catalog.pg_extension e ON e.extname = w.name
LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = w.name
LEFT JOIN pg_catalog.pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
WHERE r.rolname = $1
ORDER BY w.place
