-- A job's rows in ranges that are worked on side by side, each with a mark of its own: workers share no row.
CREATE TABLE {schema}.backfill_range (
    service text NOT NULL,
    job integer NOT NULL,
    range integer NOT NULL,
    runner text NOT NULL,
    cursor json NOT NULL,
    batches bigint NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    busy_ms double precision NOT NULL DEFAULT 0,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service, job, range),
    FOREIGN KEY (service, job) REFERENCES {schema}.backfill (service, job)
);
COMMENT ON TABLE {schema}.backfill_range IS 'The ranges of a backfill''s rows, and how far each has come.';
COMMENT ON COLUMN {schema}.backfill_range.runner IS 'Whose batches may change it; nobody''s where it is empty.';
INSERT INTO {schema}.backfill_range (service, job, range, runner, cursor, batches, rows, busy_ms, seen_at)
SELECT service, job, 1, runner, cursor, batches, rows, busy_ms, seen_at FROM {schema}.backfill;
ALTER TABLE {schema}.backfill
    ADD COLUMN key json,
    DROP COLUMN cursor, DROP COLUMN batches, DROP COLUMN rows, DROP COLUMN busy_ms;
COMMENT ON COLUMN {schema}.backfill.key IS 'The columns of the key and their types, to which the cursors belong.';
