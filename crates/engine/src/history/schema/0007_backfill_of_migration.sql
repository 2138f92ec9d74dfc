-- A statement of a migration that is run in batches has a job, too.
ALTER TABLE {schema}.backfill ADD COLUMN version text, ADD COLUMN direction text CHECK (direction IN ('up', 'down')),
    ADD CHECK ((version IS NULL) = (direction IS NULL));
COMMENT ON COLUMN {schema}.backfill.version IS 'The migration whose statement it is; NULL for what was begun by hand.';
