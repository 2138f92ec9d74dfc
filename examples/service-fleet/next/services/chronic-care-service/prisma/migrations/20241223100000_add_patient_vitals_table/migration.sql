-- Vitals move here from the api service. Ids of patients, encounters and providers are kept by value.
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

    CONSTRAINT "PatientVitals_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "PatientVitals_patientId_recordedAt_idx" ON "PatientVitals"("patientId", "recordedAt");

CREATE TRIGGER "PatientVitals_updatedAt" BEFORE UPDATE ON "PatientVitals"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
