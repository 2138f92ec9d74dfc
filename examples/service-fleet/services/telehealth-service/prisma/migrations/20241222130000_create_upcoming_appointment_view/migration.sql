-- The waiting room and the reminder job ask for the same rows; one definition keeps them in agreement.
CREATE VIEW "UpcomingAppointment" AS
SELECT
    "id",
    "patientId",
    "providerId",
    "type",
    "status",
    "scheduledAt",
    "scheduledAt" + make_interval(mins => "durationMinutes") AS "endsAt"
FROM "Appointment"
WHERE "status" IN ('scheduled', 'confirmed');
