CREATE TYPE "ParticipantRole" AS ENUM ('patient', 'provider', 'interpreter', 'family_member', 'observer');

CREATE TYPE "RecordingStatus" AS ENUM ('recording', 'processing', 'available', 'deleted');

CREATE TABLE "VisitParticipant" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "visitId" TEXT NOT NULL,
    "userId" TEXT,
    "displayName" TEXT NOT NULL,
    "role" "ParticipantRole" NOT NULL,
    "joinedAt" TIMESTAMP(3),
    "leftAt" TIMESTAMP(3),
    "networkStats" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VisitParticipant_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "VisitParticipant_leftAt_check" CHECK ("leftAt" IS NULL OR "leftAt" >= "joinedAt")
);
CREATE INDEX "VisitParticipant_visitId_role_idx" ON "VisitParticipant"("visitId", "role");
CREATE INDEX "VisitParticipant_userId_idx" ON "VisitParticipant"("userId");

-- Nothing is recorded without a consent, which the api service holds.
CREATE TABLE "VisitRecording" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "visitId" TEXT NOT NULL,
    "consentId" TEXT NOT NULL,
    "status" "RecordingStatus" NOT NULL DEFAULT 'recording',
    "storageKey" TEXT,
    "durationSeconds" INTEGER,
    "expiresAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VisitRecording_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "VisitRecording_durationSeconds_check" CHECK ("durationSeconds" >= 0),
    CONSTRAINT "VisitRecording_storageKey_check" CHECK ("status" <> 'available' OR "storageKey" IS NOT NULL)
);
CREATE INDEX "VisitRecording_visitId_idx" ON "VisitRecording"("visitId");
CREATE UNIQUE INDEX "VisitRecording_storageKey_key" ON "VisitRecording"("storageKey");
CREATE INDEX "VisitRecording_consentId_idx" ON "VisitRecording"("consentId");

ALTER TABLE "VisitParticipant" ADD CONSTRAINT "VisitParticipant_visitId_fkey" FOREIGN KEY ("visitId")
    REFERENCES "Visit"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "VisitRecording" ADD CONSTRAINT "VisitRecording_visitId_fkey" FOREIGN KEY ("visitId")
    REFERENCES "Visit"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER "VisitParticipant_updatedAt" BEFORE UPDATE ON "VisitParticipant"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "VisitRecording_updatedAt" BEFORE UPDATE ON "VisitRecording"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
