-- limosa.toml: table-name = { pattern = "{PascalCase}" }
-- limosa.toml: column-name = { pattern = "{camelCase}" }
-- limosa.toml: enum-name = { pattern = "{PascalCase}" }
-- limosa.toml: enum-value-name = { pattern = "{snake_case}" }
-- limosa.toml: index-name = { pattern = "{table}_{columns}_idx", unique = "{table}_{columns}_key" }
-- limosa.toml: foreign-key-name = { pattern = "{table}_{columns}_fkey" }
-- limosa.toml: constraint-name = { level = "warning" }
CREATE TYPE "VisitStatus" AS ENUM ('planned', 'noShow');
CREATE TYPE visit_kind AS ENUM ('first');
CREATE TABLE "Patient" ("id" TEXT NOT NULL, CONSTRAINT "Patient_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Visit" (
    "id" TEXT NOT NULL,
    "patientId" TEXT NOT NULL,
    started_at TIMESTAMP(3),
    CONSTRAINT "Visit_pk" PRIMARY KEY ("id")
);
CREATE INDEX "Visit_patientId_idx" ON "Visit"("patientId");
CREATE UNIQUE INDEX "Visit_id_patientId_key" ON "Visit"("id", "patientId");
CREATE UNIQUE INDEX "Visit_once_idx" ON "Visit"("patientId", started_at);
CREATE INDEX visit_lower ON "Visit"(lower("id"));
ALTER TABLE "Visit" ADD CONSTRAINT "Visit_patientId_fkey" FOREIGN KEY ("patientId") REFERENCES "Patient"("id");
ALTER TABLE "Visit" ADD CONSTRAINT visit_other FOREIGN KEY ("patientId") REFERENCES "Patient"("id");
-- limosa: ignore column-name the laboratory sends it under this name
ALTER TABLE "Visit" ADD COLUMN lab_code TEXT;
ALTER TABLE "Visit" ADD COLUMN lab_unit TEXT;
-- next migration
ALTER TABLE "Visit" RENAME COLUMN started_at TO "startedAt";
ALTER TABLE "Visit" RENAME COLUMN "patientId" TO patient;
ALTER TABLE "Visit" RENAME TO visits;
ALTER TYPE "VisitStatus" ADD VALUE 'Done';
-- Partitions, temporary tables and what is dropped again are nobody's names.
CREATE TEMP TABLE scratch (some_id int);
CREATE TABLE gone (id int);
DROP TABLE gone;
CREATE TABLE "Reading" ("id" int, "day" date) PARTITION BY RANGE ("day");
CREATE TABLE reading_2026 PARTITION OF "Reading" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
DO $$ DECLARE row_count int; BEGIN SELECT count(*) INTO row_count FROM "Reading"; END $$;
