-- A schema as people make them has nothing to find.
CREATE TYPE mood AS ENUM ('well', 'ill');
CREATE TABLE patient (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    email text UNIQUE,
    mood mood DEFAULT 'well',
    weight double precision,
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE visit (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    patient_id bigint NOT NULL REFERENCES patient ON DELETE CASCADE,
    previous uuid REFERENCES visit ON DELETE SET NULL,
    day date NOT NULL,
    UNIQUE (patient_id, day)
);
CREATE INDEX visit_previous_idx ON visit (previous) WHERE previous IS NOT NULL;
CREATE TABLE patient_tag (patient_id bigint REFERENCES patient, tag text, PRIMARY KEY (patient_id, tag));
CREATE VIEW recent AS SELECT * FROM visit WHERE day > now() - interval '1 day';
CREATE MATERIALIZED VIEW by_day AS SELECT day, count(*) FROM visit GROUP BY day;
CREATE FUNCTION ages(day date) RETURNS interval LANGUAGE sql STABLE AS 'SELECT age(day)';
GRANT SELECT ON patient TO PUBLIC;
