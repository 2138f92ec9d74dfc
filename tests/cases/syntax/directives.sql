-- limosa: transaction off
-- limosa: lock-timeout 3s
--limosa:statement-timeout 10min

-- limosa: allow deletes-data, drops-column
-- limosa: ignore naming it is a legacy table
/* between */
ALTER TABLE t DROP COLUMN c; -- limosa: set-aside
ALTER TABLE t -- limosa: online
  ADD COLUMN d int;
-- limosa: backfill batch-time 50ms
-- limosa: forward upper(c)
-- limosa: back lower(d)
UPDATE t SET d = 1;
-- limosa: verify
SELECT 1;
-- limosa:down
SELECT '-- limosa: online';
-- limosa: online
