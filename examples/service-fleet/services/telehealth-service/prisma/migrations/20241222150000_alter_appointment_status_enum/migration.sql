ALTER TYPE "AppointmentStatus" ADD VALUE 'rescheduled' AFTER 'confirmed';

-- A new value cannot be used in the transaction that adds it, so this file cannot run as one.
CREATE INDEX "Appointment_patientId_rescheduled_idx" ON "Appointment"("patientId") WHERE "status" = 'rescheduled';
