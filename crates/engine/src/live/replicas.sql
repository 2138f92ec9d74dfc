-- The servers that follow this one, with how far they are behind. One pass over the WAL senders.
SELECT coalesce(nullif(application_name, ''), client_addr::text, 'replica ' || pid), state,
       coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn), 0)::bigint,
       coalesce(extract(epoch FROM replay_lag), 0)::float8
FROM pg_catalog.pg_stat_replication
ORDER BY 1
