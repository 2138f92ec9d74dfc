CREATE TYPE "RefillRequestStatus" AS ENUM ('requested', 'approved', 'denied', 'dispensed');

CREATE TABLE "RefillRequest" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "prescriptionItemId" TEXT NOT NULL,
    "patientId" TEXT NOT NULL,
    "status" "RefillRequestStatus" NOT NULL DEFAULT 'requested',
    "requestedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decidedByProviderId" TEXT,
    "decidedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RefillRequest_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "RefillRequest_decidedAt_check" CHECK (("decidedAt" IS NULL) = ("status" = 'requested'))
);
CREATE INDEX "RefillRequest_decidedByProviderId_idx" ON "RefillRequest"("decidedByProviderId");
CREATE INDEX "RefillRequest_patientId_idx" ON "RefillRequest"("patientId");
CREATE INDEX "RefillRequest_prescriptionItemId_status_idx" ON "RefillRequest"("prescriptionItemId", "status");

ALTER TABLE "RefillRequest" ADD CONSTRAINT "RefillRequest_prescriptionItemId_fkey" FOREIGN KEY ("prescriptionItemId")
    REFERENCES "PrescriptionItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER "RefillRequest_updatedAt" BEFORE UPDATE ON "RefillRequest"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
