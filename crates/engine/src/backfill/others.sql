-- What other sessions do: whether one waits for a lock of a session of this run, and whether one is at work or was a
-- moment ago. Of sessions that are hidden from the role one cannot tell, so they count as busy; Limosa's own that only
-- keep a lock do not. Reads the server's list of sessions and that of locks, which are in memory.
SELECT
    EXISTS (
        SELECT FROM pg_catalog.pg_locks
        WHERE NOT granted AND pid <> ALL ({own}::int[]) AND pg_catalog.pg_blocking_pids(pid) && {own}::int[]),
    {asks_work} AND EXISTS (
        SELECT FROM pg_catalog.pg_stat_activity
        WHERE pid <> ALL ({own}::int[]) AND datid IS NOT NULL AND application_name <> 'limosa'
            AND COALESCE(backend_type, 'client backend') = 'client backend'
            AND (state IS NULL OR state NOT LIKE 'idle%'
                OR state_change > pg_catalog.clock_timestamp() - interval '2 seconds'))
