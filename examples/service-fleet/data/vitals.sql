INSERT INTO "PatientVitals" ("id", "patientId", "recordedById", "recordedAt", "heartRateBpm")
SELECT 'vitals-' || n, 'patient-' || n, 'provider-' || (1 + n % 20), TIMESTAMP '2025-01-01' + n * interval '1 hour', 60 + n % 40
FROM generate_series(1, 2000) AS n;
