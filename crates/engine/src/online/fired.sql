WITH filled AS (
  SELECT pg_catalog.to_regclass(name)::oid AS oid FROM pg_catalog.unnest({tables}::text[]) name
  UNION SELECT tree.relid::oid FROM pg_catalog.unnest({tables}::text[]) name,
    pg_catalog.pg_partition_tree(pg_catalog.to_regclass(name)) tree
)
SELECT pg_catalog.quote_ident(t.tgname) || ' of ' || t.tgrelid::regclass::text
FROM filled f JOIN pg_catalog.pg_trigger t ON t.tgrelid = f.oid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgtype & 16 <> 0 AND t.tgattr::text = ''
  AND p.pronamespace <> pg_catalog.to_regnamespace({schema})
  AND t.tgenabled IN ('A', CASE WHEN {rest} THEN 'R' ELSE 'O' END)
ORDER BY 1
