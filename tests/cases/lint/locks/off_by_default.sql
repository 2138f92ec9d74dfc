-- limosa.toml: brief-lock = "note"
-- limosa.toml: lock-timeout-missing = "error"
-- limosa.toml: lock-timeout-too-long = { longest = "1s" }
-- limosa.toml: setting-missing = { settings = ["statement_timeout", "role"] }
-- limosa.toml: concurrent-index-if-not-exists = "warning"
CREATE TABLE visit (id bigint PRIMARY KEY);
-- next migration
ALTER TABLE visit ADD COLUMN at date;
SET lock_timeout = '500ms';
CREATE TRIGGER t AFTER UPDATE ON visit EXECUTE FUNCTION f();
-- next migration
SET LOCAL lock_timeout = '5s';
SET ROLE owner;
SELECT set_config('statement_timeout', '5s', false);
ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
-- next migration
SET lock_timeout = 0;
SET statement_timeout = '1min'; SET ROLE owner;
DROP POLICY p ON visit;
-- next migration
CREATE INDEX CONCURRENTLY IF NOT EXISTS visit_at ON visit (at);
COMMENT ON TABLE visit IS 'v';
