-- Ids that were handed out stand in other people's systems, and nothing brings them back but the backup that is made
-- before this runs.
-- limosa: allow deletes-data

ALTER TABLE insurance_claims DROP COLUMN public_id;
ALTER TABLE sessions DROP COLUMN public_id;
ALTER TABLE appointments DROP COLUMN public_id;
ALTER TABLE patients DROP COLUMN public_id;
DROP FUNCTION ids.cuid2();
DROP SCHEMA ids;
