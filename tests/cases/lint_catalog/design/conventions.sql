-- What a team has agreed on, on paper so far.
-- limosa.toml: required-columns.columns = { created_at = "timestamptz not null default now()", updated_at = "not null" }
-- limosa.toml: required-columns = { except = ["*_tag"] }
-- limosa.toml: updated-at-not-kept = "warning"
-- limosa.toml: primary-key-type = { types = ["uuid"], defaults = ["gen_random_uuid"] }
-- limosa.toml: foreign-key-action = { required = ["cascade", "restrict"], optional = ["set null"] }
-- limosa.toml: foreign-key-action.owned = { message = "visit" }
-- limosa.toml: unique-business-key = { keys = { patient = "record_number" } }
-- limosa.toml: id-prefix = { columns = ["public_id"], prefixes = { patient = "pat_", visit = "vis_" } }
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at := now(); RETURN NEW; END';
CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE patient (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    public_id text NOT NULL UNIQUE CHECK (public_id ~ '^pat\_[a-z0-9]+$'),
    record_number text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX patient_record_number ON patient (upper(record_number));
CREATE TRIGGER patient_touch BEFORE UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE visit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id text DEFAULT 'vsit_' || gen_random_uuid(),
    patient_id uuid NOT NULL REFERENCES patient,
    previous bigint REFERENCES visit ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz
);
CREATE INDEX ON visit (patient_id);
CREATE INDEX ON visit (previous);
CREATE TRIGGER visit_touch BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE visit DISABLE TRIGGER visit_touch;
CREATE TABLE message (
    id uuid PRIMARY KEY,
    visit_id bigint NOT NULL REFERENCES visit ON DELETE RESTRICT,
    updated_at timestamptz NOT NULL
);
CREATE INDEX ON message (visit_id);
CREATE TRIGGER message_count BEFORE UPDATE ON message FOR EACH ROW EXECUTE FUNCTION count_up();
CREATE TABLE visit_tag (visit_id bigint REFERENCES visit ON DELETE SET NULL, tag text);
CREATE INDEX ON visit_tag (visit_id);
