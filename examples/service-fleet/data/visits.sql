-- What the telehealth service keeps: ids of patients and providers that live in another database.
INSERT INTO "Appointment" ("id", "patientId", "providerId", "scheduledAt")
SELECT 'appointment-' || n, 'patient-' || n, 'provider-' || (1 + n % 20), TIMESTAMP '2025-06-01' + n * interval '1 hour'
FROM generate_series(1, 500) AS n;
