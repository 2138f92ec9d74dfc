WITH family AS (
  SELECT relid::oid AS oid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass({table}))
  UNION SELECT pg_catalog.to_regclass({table})::oid
), published AS (
  SELECT t.pubname, t.attnames AS columns, EXISTS (SELECT FROM pg_catalog.pg_publication_rel r
    JOIN family f ON f.oid = r.prrelid WHERE r.prpubid = b.oid AND r.prattrs IS NOT NULL) AS is_listed
  FROM pg_catalog.pg_publication_tables t JOIN pg_catalog.pg_publication b ON b.pubname = t.pubname
  JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename JOIN family ON family.oid = c.oid
)
SELECT pg_catalog.string_agg(line, '; ' ORDER BY line) FROM (
  SELECT pg_catalog.concat_ws(', ', pg_catalog.format('slot %I (%s)', s.slot_name, s.plugin),
    (SELECT 'publication ' || pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(p.pubname), ', ')
     FROM published p WHERE s.plugin = 'pgoutput' AND {condition}),
    CASE WHEN s.active THEN 'read by process ' || s.active_pid ELSE 'read by nobody at the moment' END,
    pg_catalog.pg_size_pretty(pg_catalog.pg_current_wal_lsn() - coalesce(s.confirmed_flush_lsn, s.restart_lsn))
      || ' behind') AS line
  FROM pg_catalog.pg_replication_slots s
  WHERE s.slot_type = 'logical' AND s.database = pg_catalog.current_database()
    AND (s.plugin <> 'pgoutput' OR EXISTS (SELECT FROM published p WHERE {condition}))
) AS receivers
HAVING pg_catalog.count(*) > 0
