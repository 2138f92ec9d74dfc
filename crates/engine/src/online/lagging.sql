SELECT pg_catalog.quote_ident(s.slot_name),
  coalesce(pg_catalog.pg_size_pretty(pg_catalog.pg_current_wal_lsn() - s.restart_lsn), '?'),
  CASE WHEN s.safe_wal_size < $1 THEN pg_catalog.pg_size_pretty(greatest(s.safe_wal_size, 0)) END
FROM pg_catalog.pg_replication_slots s
WHERE s.wal_status IS DISTINCT FROM 'lost' AND (s.safe_wal_size < $1 OR NOT s.active
  AND (s.database IS NULL OR s.database = pg_catalog.current_database()))
ORDER BY 1
