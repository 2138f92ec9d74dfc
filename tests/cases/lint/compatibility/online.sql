-- groups: locks, data-loss
CREATE TABLE visit (id bigint PRIMARY KEY, pms_type text NOT NULL, state text);
-- next migration
-- limosa: online

-- what is run in their place leaves running applications able to work
ALTER TABLE visit RENAME COLUMN pms_type TO integration_type;
ALTER TABLE visit ALTER COLUMN state SET NOT NULL;
CREATE INDEX visit_state_idx ON visit (state);
-- next migration
-- and what is lost is lost
-- limosa: online

ALTER TABLE visit DROP COLUMN state;
