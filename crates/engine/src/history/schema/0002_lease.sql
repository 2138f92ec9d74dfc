-- Behind a transaction pooler a session, and so an advisory lock, belongs to nobody for long: a row with an end takes its place.
CREATE TABLE {schema}.lease (
    service text PRIMARY KEY,
    holder text NOT NULL,
    acquired_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE {schema}.lease IS 'Who migrates a service through a transaction pooler, and until when.';
