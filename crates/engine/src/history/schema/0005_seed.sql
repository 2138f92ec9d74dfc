-- Seeds that were run. A seed and its row here commit together.
CREATE TABLE {schema}.seed (
    service text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('table', 'script')),
    path text NOT NULL,
    checksum text NOT NULL,
    relation text,
    relation_oid oid,
    rows bigint,
    inserted bigint NOT NULL,
    updated bigint NOT NULL,
    deleted bigint NOT NULL,
    actor text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (service, name)
);
COMMENT ON TABLE {schema}.seed IS 'Seeds as they were last run: an unchanged one is told by its checksum.';
COMMENT ON COLUMN {schema}.seed.relation_oid IS 'The table that was filled; a table that was made anew is filled anew.';
COMMENT ON COLUMN {schema}.seed.rows IS 'Rows in the file; a script has none.';
