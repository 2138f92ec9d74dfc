CREATE TYPE "VitalsPosition" AS ENUM ('sitting', 'standing', 'supine');

CREATE TABLE "PatientVitals" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "encounterId" TEXT,
    "recordedById" TEXT,
    "recordedAt" TIMESTAMP(3) NOT NULL,
    "position" "VitalsPosition" NOT NULL DEFAULT 'sitting',
    "systolicMmHg" SMALLINT,
    "diastolicMmHg" SMALLINT,
    "heartRateBpm" SMALLINT,
    "respiratoryRate" SMALLINT,
    "temperatureCelsius" DECIMAL(4,1),
    "oxygenSaturation" DECIMAL(4,1),
    "weightKg" DECIMAL(5,2),
    "heightCm" DECIMAL(5,1),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PatientVitals_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "PatientVitals_diastolicMmHg_check" CHECK ("diastolicMmHg" < "systolicMmHg"),
    CONSTRAINT "PatientVitals_heartRateBpm_check" CHECK ("heartRateBpm" BETWEEN 0 AND 350),
    CONSTRAINT "PatientVitals_temperatureCelsius_check" CHECK ("temperatureCelsius" BETWEEN 20 AND 46),
    CONSTRAINT "PatientVitals_oxygenSaturation_check" CHECK ("oxygenSaturation" BETWEEN 0 AND 100)
);
CREATE INDEX "PatientVitals_recordedById_idx" ON "PatientVitals"("recordedById");
CREATE INDEX "PatientVitals_encounterId_idx" ON "PatientVitals"("encounterId");
CREATE INDEX "PatientVitals_patientId_recordedAt_idx" ON "PatientVitals"("patientId", "recordedAt");

ALTER TABLE "PatientVitals" ADD CONSTRAINT "PatientVitals_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "PatientVitals" ADD CONSTRAINT "PatientVitals_encounterId_fkey" FOREIGN KEY ("encounterId")
    REFERENCES "Encounter"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "PatientVitals" ADD CONSTRAINT "PatientVitals_recordedById_fkey" FOREIGN KEY ("recordedById")
    REFERENCES "Provider"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TRIGGER "PatientVitals_updatedAt" BEFORE UPDATE ON "PatientVitals"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
