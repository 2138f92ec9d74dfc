-- A device that passed a second factor may skip it until trustedUntil.
CREATE TABLE "TrustedDevice" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "fingerprintHash" VARCHAR(64) NOT NULL,
    "name" TEXT,
    "trustedUntil" TIMESTAMP(3) NOT NULL,
    "revokedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrustedDevice_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "TrustedDevice_trustedUntil_check" CHECK ("trustedUntil" > "createdAt")
);
CREATE UNIQUE INDEX "TrustedDevice_userId_fingerprintHash_key" ON "TrustedDevice"("userId", "fingerprintHash");

-- Sessions from before this migration have no device, and a forgotten device does not end its sessions.
ALTER TABLE "Session" ADD COLUMN "trustedDeviceId" TEXT;
ALTER TABLE "Session" ADD CONSTRAINT "Session_trustedDeviceId_fkey" FOREIGN KEY ("trustedDeviceId")
    REFERENCES "TrustedDevice"("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "Session_trustedDeviceId_idx" ON "Session"("trustedDeviceId");

ALTER TABLE "TrustedDevice" ADD CONSTRAINT "TrustedDevice_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER "TrustedDevice_updatedAt" BEFORE UPDATE ON "TrustedDevice"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
