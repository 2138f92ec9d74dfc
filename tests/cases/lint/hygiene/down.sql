-- oracle: skip (a semicolon is missing)
-- limosa.toml: missing-semicolon = "warning"
-- limosa.toml: version-gap = "warning"
-- limosa.toml: drops-with-additions = "note"
-- limosa.toml: not-idempotent = "note"
-- limosa.toml: hard-coded-role = { level = "note", allowed = ["app"] }
-- version: 7
CREATE TABLE visit (id bigint PRIMARY KEY);
ALTER TABLE visit OWNER TO app;
-- next migration
-- takes back
-- version: 7
DROP TABLE visit CASCADE;
-- next migration
-- version: 9
ALTER TABLE visit ADD COLUMN note text, DROP COLUMN remark, DROP CONSTRAINT IF EXISTS old;
GRANT ALL ON visit TO alice, app, PUBLIC
-- next migration
-- version: 20261121
DROP TABLE visit;
