CREATE TYPE "AdherenceStatus" AS ENUM ('taken', 'late', 'skipped', 'unknown');

-- prescriptionId belongs to the pharmacy service and is kept by value.
CREATE TABLE "MedicationAdherence" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "enrollmentId" TEXT NOT NULL,
    "prescriptionId" TEXT NOT NULL,
    "status" "AdherenceStatus" NOT NULL DEFAULT 'unknown',
    "dueAt" TIMESTAMP(3) NOT NULL,
    "takenAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MedicationAdherence_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "MedicationAdherence_takenAt_check" CHECK ("takenAt" IS NULL OR "status" IN ('taken', 'late'))
);
CREATE UNIQUE INDEX "MedicationAdherence_enrollmentId_prescriptionId_dueAt_key"
    ON "MedicationAdherence"("enrollmentId", "prescriptionId", "dueAt");
CREATE INDEX "MedicationAdherence_prescriptionId_idx" ON "MedicationAdherence"("prescriptionId");

ALTER TABLE "MedicationAdherence" ADD CONSTRAINT "MedicationAdherence_enrollmentId_fkey" FOREIGN KEY ("enrollmentId")
    REFERENCES "Enrollment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER "MedicationAdherence_updatedAt" BEFORE UPDATE ON "MedicationAdherence"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
