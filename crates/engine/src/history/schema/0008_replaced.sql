-- Migrations that one baseline took the place of, as they stood in the history: so that a way back that leads behind the baseline is there.
CREATE TABLE {schema}.replaced (
    service text NOT NULL,
    baseline text NOT NULL,
    version text NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    up_sql text NOT NULL,
    down_sql text,
    path text NOT NULL,
    started_at timestamptz NOT NULL,
    applied_at timestamptz,
    duration_ms double precision,
    applied_by text NOT NULL,
    PRIMARY KEY (service, baseline, version)
);
COMMENT ON TABLE {schema}.replaced IS 'Migrations whose place a baseline has taken, as they stood in the history.';
