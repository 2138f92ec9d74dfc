-- The INVALID indexes in some schemas, $1: at most five, and how many there are. Reads the index rows of the database
-- once.
SELECT n.nspname::text, c.relname::text, t.oid::pg_catalog.regclass::text, count(*) OVER ()
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname = ANY ($1)
ORDER BY 1, 2 LIMIT 5
