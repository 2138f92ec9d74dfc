-- Changes of many rows in batches. A batch and its mark here commit together.
CREATE TABLE {schema}.backfill (
    service text NOT NULL,
    job integer NOT NULL,
    relation text NOT NULL,
    relation_oid oid NOT NULL,
    definition json NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'failed', 'done')),
    cursor json NOT NULL,
    batches bigint NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    expected bigint NOT NULL,
    busy_ms double precision NOT NULL DEFAULT 0,
    error text,
    actor text NOT NULL,
    runner text NOT NULL,
    runner_pid integer NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    PRIMARY KEY (service, job)
);
COMMENT ON TABLE {schema}.backfill IS 'Changes of many rows in batches, and how far each has come.';
COMMENT ON COLUMN {schema}.backfill.runner IS 'Who works on it; whoever finds another name here stops.';
COMMENT ON COLUMN {schema}.backfill.expected IS 'Rows that were to be changed when it began, perhaps by estimate.';

CREATE TABLE {schema}.backfill_reject (
    service text NOT NULL,
    job integer NOT NULL,
    key text NOT NULL,
    sqlstate text,
    error text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service, job, key),
    FOREIGN KEY (service, job) REFERENCES {schema}.backfill (service, job)
);
COMMENT ON TABLE {schema}.backfill_reject IS 'Rows that a backfill left as they are, since they could not be changed.';
COMMENT ON COLUMN {schema}.backfill_reject.key IS 'The values of the key as a JSON array of texts.';
