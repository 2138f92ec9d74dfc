-- The live set of migrations and the record of all that was done. {schema} is the quoted name of the history schema.
CREATE TABLE {schema}.format (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL
);
COMMENT ON TABLE {schema}.format IS 'Which internal migrations of this schema were applied.';
INSERT INTO {schema}.format (version) VALUES (0);

CREATE TABLE {schema}.migration (
    service text NOT NULL,
    version text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('versioned', 'repeatable')),
    name text NOT NULL,
    checksum text NOT NULL,
    up_sql text NOT NULL,
    down_sql text,
    path text NOT NULL,
    state text NOT NULL CHECK (state IN ('applied', 'running', 'reverting')),
    position integer NOT NULL DEFAULT 0,
    in_flight boolean NOT NULL DEFAULT false,
    error text,
    started_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    applied_at timestamptz,
    duration_ms double precision,
    applied_by text NOT NULL DEFAULT session_user,
    PRIMARY KEY (service, kind, version)
);
COMMENT ON TABLE {schema}.migration IS 'The migrations in effect, with their SQL, so that a checkout that lacks a file can still roll it back.';
COMMENT ON COLUMN {schema}.migration.position IS 'Stages done, of a migration that cannot run in one transaction.';
COMMENT ON COLUMN {schema}.migration.in_flight IS 'Whether the stage at position was begun outside a transaction and not yet recorded as done.';

CREATE TABLE {schema}.event (
    service text NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    version text,
    name text,
    checksum text,
    actor text NOT NULL,
    reason text,
    detail json,
    duration_ms double precision,
    previous_hash text NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (service, seq)
);
COMMENT ON TABLE {schema}.event IS 'Append-only: what was done, when, by whom. Each hash covers the row and the hash before it.';

CREATE TABLE {schema}.snapshot (
    service text NOT NULL,
    fingerprint text NOT NULL,
    server_major integer NOT NULL,
    event_seq bigint NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    catalog bytea NOT NULL,
    PRIMARY KEY (service, event_seq),
    FOREIGN KEY (service, event_seq) REFERENCES {schema}.event (service, seq)
);
COMMENT ON TABLE {schema}.snapshot IS 'The catalog as it was after an event, so that drift needs no second database.';
