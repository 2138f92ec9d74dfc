-- The default serves writers that do not know the column yet. SET NOT NULL reads the whole table under its strongest
-- lock, which one practice's patients bear; a table of millions would validate a CHECK in a migration of its own first.
ALTER TABLE "Patient" ALTER COLUMN "status" SET DEFAULT 'active';
ALTER TABLE "Patient" ALTER COLUMN "status" SET NOT NULL;

CREATE INDEX "Patient_organizationId_status_idx" ON "Patient"("organizationId", "status");
