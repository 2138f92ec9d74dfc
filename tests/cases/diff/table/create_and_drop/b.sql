CREATE TABLE kept (id bigint PRIMARY KEY);
CREATE SCHEMA clinic;
CREATE TABLE clinic."Visit" (
    id bigserial PRIMARY KEY,
    patient bigint NOT NULL REFERENCES kept (id) ON DELETE CASCADE,
    "Reason ""quoted""" varchar(40) DEFAULT 'none' NOT NULL,
    seen timestamptz DEFAULT now(),
    code integer GENERATED ALWAYS AS IDENTITY,
    shout text GENERATED ALWAYS AS (upper("Reason ""quoted""")) STORED,
    CHECK (length("Reason ""quoted""") > 2),
    UNIQUE (patient, seen)
);
CREATE INDEX visit_seen ON clinic."Visit" (seen DESC NULLS LAST) INCLUDE (patient) WHERE code > 3;
COMMENT ON TABLE clinic."Visit" IS 'a patient''s visit';
COMMENT ON COLUMN clinic."Visit".seen IS 'when';
CREATE VIEW clinic.recent AS SELECT * FROM clinic."Visit" WHERE seen > now() - interval '1 day';
COMMENT ON VIEW clinic.recent IS 'since yesterday';
