-- The default serves writers that do not know the column yet. A valid CHECK lets SET NOT NULL skip its own scan of the
-- table under the strongest lock.
ALTER TABLE "Patient" ALTER COLUMN "status" SET DEFAULT 'active';
ALTER TABLE "Patient" ADD CONSTRAINT "Patient_status_check" CHECK ("status" IS NOT NULL) NOT VALID;
ALTER TABLE "Patient" VALIDATE CONSTRAINT "Patient_status_check";
ALTER TABLE "Patient" ALTER COLUMN "status" SET NOT NULL;
ALTER TABLE "Patient" DROP CONSTRAINT "Patient_status_check";

CREATE INDEX "Patient_organizationId_status_idx" ON "Patient"("organizationId", "status");
