-- Rows for which an expression of an online change failed, as they were when the old version went.
CREATE TABLE {schema}.quarantine (
    online bigint NOT NULL,
    relation text NOT NULL,
    row_key text NOT NULL,
    old_values jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE {schema}.quarantine IS 'Rows that have no value in a column that an online change made, since its expression failed for them; kept with the values that it was to be computed from.';
COMMENT ON COLUMN {schema}.quarantine.online IS 'The online change.';
COMMENT ON COLUMN {schema}.quarantine.row_key IS 'The row''s primary key as text, or its place where it has none.';
