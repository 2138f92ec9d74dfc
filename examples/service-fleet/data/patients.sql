-- A practice group as the api service's database holds it.
INSERT INTO "Organization" ("id", "name", "slug") VALUES ('org-1', 'Lakeside Clinics', 'lakeside');
INSERT INTO "User" ("id", "email", "firstName", "lastName", "role")
SELECT 'user-' || n, 'doctor' || n || '@lakeside.example', 'Doctor', 'No. ' || n, 'provider' FROM generate_series(1, 20) AS n;
INSERT INTO "Provider" ("id", "organizationId", "userId", "nationalProviderId")
SELECT 'provider-' || n, 'org-1', 'user-' || n, lpad(n::text, 10, '0') FROM generate_series(1, 20) AS n;
INSERT INTO "Patient" ("id", "organizationId", "medicalRecordNumber", "firstName", "lastName", "dateOfBirth", "email", "isActive")
SELECT 'patient-' || n, 'org-1', 'MRN' || n, 'Patient', 'No. ' || n, DATE '1940-01-01' + n % 25000,
    'Patient' || n || '@Mail.Example', n % 10 <> 0
FROM generate_series(1, 5000) AS n;
