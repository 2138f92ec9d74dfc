-- The replaced appointment may be deleted while its successor stays.
ALTER TABLE "Appointment" ADD COLUMN "rescheduledFromId" TEXT;
ALTER TABLE "Appointment" ADD CONSTRAINT "Appointment_rescheduledFromId_fkey" FOREIGN KEY ("rescheduledFromId")
    REFERENCES "Appointment"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE INDEX "Appointment_rescheduledFromId_idx" ON "Appointment"("rescheduledFromId");

-- The waiting list is read by provider, and is short beside the table.
CREATE INDEX "Appointment_providerId_scheduledAt_idx" ON "Appointment"("providerId", "scheduledAt")
    WHERE "status" IN ('waitlisted', 'rescheduled');
