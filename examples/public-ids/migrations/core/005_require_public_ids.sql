-- After the backfill: no row without an id any more. The checks are validated without keeping writers out, and then
-- spare SET NOT NULL its own look at every row.
--
-- The way back leaves the ids where they are: nothing would tell which rows had none.
-- limosa: allow deletes-data

ALTER TABLE patients ADD CONSTRAINT patients_public_id_check CHECK (public_id IS NOT NULL) NOT VALID;
ALTER TABLE appointments ADD CONSTRAINT appointments_public_id_check CHECK (public_id IS NOT NULL) NOT VALID;
ALTER TABLE sessions ADD CONSTRAINT sessions_public_id_check CHECK (public_id IS NOT NULL) NOT VALID;
ALTER TABLE insurance_claims ADD CONSTRAINT insurance_claims_public_id_check CHECK (public_id IS NOT NULL) NOT VALID;
-- limosa: backfill generate public_id=cuid2:pat_
UPDATE patients SET public_id = DEFAULT WHERE public_id IS NULL;
-- limosa: backfill generate public_id=cuid2:clm_
UPDATE insurance_claims SET public_id = DEFAULT WHERE public_id IS NULL;
ALTER TABLE patients VALIDATE CONSTRAINT patients_public_id_check;
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_public_id_check;
ALTER TABLE sessions VALIDATE CONSTRAINT sessions_public_id_check;
ALTER TABLE insurance_claims VALIDATE CONSTRAINT insurance_claims_public_id_check;
ALTER TABLE patients ALTER COLUMN public_id SET NOT NULL, DROP CONSTRAINT patients_public_id_check;
ALTER TABLE appointments ALTER COLUMN public_id SET NOT NULL, DROP CONSTRAINT appointments_public_id_check;
ALTER TABLE sessions ALTER COLUMN public_id SET NOT NULL, DROP CONSTRAINT sessions_public_id_check;
ALTER TABLE insurance_claims ALTER COLUMN public_id SET NOT NULL, DROP CONSTRAINT insurance_claims_public_id_check;
