-- limosa: online

-- A connection belongs to a practice and not to a person. Values are kept for a quarter, and `limosa down` has them.
-- limosa: set-aside 90d
ALTER TABLE integrations.pms_connections DROP COLUMN clinician_id, DROP COLUMN clinician_name;
