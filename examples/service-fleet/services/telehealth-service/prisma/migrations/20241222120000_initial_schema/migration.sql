-- Prisma's client sets "updatedAt" itself, but scripts and psql do not: a trigger keeps the audit column true for every
-- writer. A data migration that must not look like an edit sets healthcare.keep_updated_at to 'on' for its transaction.
CREATE FUNCTION "setUpdatedAt"() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD
        AND NEW."updatedAt" IS NOT DISTINCT FROM OLD."updatedAt"
        AND current_setting('healthcare.keep_updated_at', true) IS DISTINCT FROM 'on'
    THEN
        NEW."updatedAt" := CURRENT_TIMESTAMP;
    END IF;
    RETURN NEW;
END
$$;

CREATE TYPE "AppointmentType" AS ENUM ('video', 'audio', 'chat');

CREATE TYPE "AppointmentStatus" AS ENUM ('scheduled', 'confirmed', 'in_progress', 'completed', 'cancelled', 'no_show');

CREATE TYPE "VisitStatus" AS ENUM ('waiting', 'in_progress', 'completed', 'dropped', 'abandoned');

-- Patients and providers live in the api service's database: their ids are kept by value, without a foreign key.
CREATE TABLE "Appointment" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "type" "AppointmentType" NOT NULL DEFAULT 'video',
    "status" "AppointmentStatus" NOT NULL DEFAULT 'scheduled',
    "scheduledAt" TIMESTAMP(3) NOT NULL,
    "durationMinutes" INTEGER NOT NULL DEFAULT 20,
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "reason" TEXT,
    "cancelledAt" TIMESTAMP(3),
    "cancelledBy" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Appointment_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Appointment_durationMinutes_check" CHECK ("durationMinutes" BETWEEN 5 AND 240)
);
CREATE INDEX "Appointment_status_idx" ON "Appointment"("status");
CREATE INDEX "Appointment_scheduledAt_idx" ON "Appointment"("scheduledAt");
CREATE INDEX "Appointment_patientId_scheduledAt_idx" ON "Appointment"("patientId", "scheduledAt");
CREATE INDEX "Appointment_providerId_status_idx" ON "Appointment"("providerId", "status");
CREATE UNIQUE INDEX "Appointment_providerId_scheduledAt_key" ON "Appointment"("providerId", "scheduledAt")
    WHERE "status" IN ('scheduled', 'confirmed');

-- roomId names the WebRTC room; iceServers is the list of STUN and TURN servers that the two browsers were given, with
-- credentials that expire with the visit.
CREATE TABLE "Visit" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "appointmentId" TEXT NOT NULL,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "status" "VisitStatus" NOT NULL DEFAULT 'waiting',
    "roomId" TEXT NOT NULL,
    "iceServers" JSONB NOT NULL DEFAULT '[]',
    "sessionToken" TEXT,
    "patientJoinedAt" TIMESTAMP(3),
    "providerJoinedAt" TIMESTAMP(3),
    "startedAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),
    "endReason" TEXT,
    "connectionQuality" SMALLINT,
    "clinicalNotes" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Visit_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Visit_iceServers_check" CHECK (jsonb_typeof("iceServers") = 'array'),
    CONSTRAINT "Visit_endedAt_check" CHECK ("endedAt" IS NULL OR "startedAt" IS NULL OR "endedAt" >= "startedAt"),
    CONSTRAINT "Visit_connectionQuality_check" CHECK ("connectionQuality" BETWEEN 1 AND 5)
);
CREATE UNIQUE INDEX "Visit_roomId_key" ON "Visit"("roomId");
CREATE UNIQUE INDEX "Visit_appointmentId_key" ON "Visit"("appointmentId");
CREATE INDEX "Visit_status_idx" ON "Visit"("status");
CREATE INDEX "Visit_patientId_startedAt_idx" ON "Visit"("patientId", "startedAt");
CREATE INDEX "Visit_providerId_status_idx" ON "Visit"("providerId", "status");

CREATE TABLE "ChatMessage" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "visitId" TEXT NOT NULL,
    "senderId" TEXT NOT NULL,
    "senderRole" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "attachmentKey" TEXT,
    "readAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ChatMessage_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ChatMessage_senderRole_check" CHECK ("senderRole" IN ('patient', 'provider', 'interpreter', 'system'))
);
CREATE INDEX "ChatMessage_visitId_createdAt_idx" ON "ChatMessage"("visitId", "createdAt");
CREATE INDEX "ChatMessage_senderId_idx" ON "ChatMessage"("senderId");

CREATE TABLE "ProviderAvailability" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "providerId" TEXT NOT NULL,
    "dayOfWeek" SMALLINT NOT NULL,
    "startsAt" TIME(0) NOT NULL,
    "endsAt" TIME(0) NOT NULL,
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "slotMinutes" INTEGER NOT NULL DEFAULT 20,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProviderAvailability_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ProviderAvailability_dayOfWeek_check" CHECK ("dayOfWeek" BETWEEN 0 AND 6),
    CONSTRAINT "ProviderAvailability_endsAt_check" CHECK ("endsAt" > "startsAt"),
    CONSTRAINT "ProviderAvailability_slotMinutes_check" CHECK ("slotMinutes" BETWEEN 5 AND 120)
);
CREATE UNIQUE INDEX "ProviderAvailability_providerId_dayOfWeek_startsAt_key"
    ON "ProviderAvailability"("providerId", "dayOfWeek", "startsAt");

CREATE TABLE "ProviderBreak" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "providerId" TEXT NOT NULL,
    "startsAt" TIMESTAMP(3) NOT NULL,
    "endsAt" TIMESTAMP(3) NOT NULL,
    "reason" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProviderBreak_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ProviderBreak_endsAt_check" CHECK ("endsAt" > "startsAt")
);
CREATE INDEX "ProviderBreak_providerId_startsAt_idx" ON "ProviderBreak"("providerId", "startsAt");

ALTER TABLE "Visit" ADD CONSTRAINT "Visit_appointmentId_fkey" FOREIGN KEY ("appointmentId")
    REFERENCES "Appointment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ChatMessage" ADD CONSTRAINT "ChatMessage_visitId_fkey" FOREIGN KEY ("visitId")
    REFERENCES "Visit"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER "Appointment_updatedAt" BEFORE UPDATE ON "Appointment"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Visit_updatedAt" BEFORE UPDATE ON "Visit"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ChatMessage_updatedAt" BEFORE UPDATE ON "ChatMessage"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ProviderAvailability_updatedAt" BEFORE UPDATE ON "ProviderAvailability"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ProviderBreak_updatedAt" BEFORE UPDATE ON "ProviderBreak"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
