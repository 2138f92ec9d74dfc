-- A year of a clinic, as it was before anybody thought of public ids.
INSERT INTO users (id, email, full_name, app_role) VALUES
    (1, 'amal@moeen.example', 'Amal Haddad', 'admin'),
    (2, 'basel@moeen.example', 'Basel Nasser', 'manager'),
    (3, 'dana@moeen.example', 'Dana Khalil', 'agent'),
    (4, 'faris@moeen.example', 'Faris Odeh', 'agent'),
    (5, 'hala@moeen.example', 'Dr. Hala Mansour', 'doctor'),
    (6, 'karim@moeen.example', 'Dr. Karim Saleh', 'doctor');
INSERT INTO users (id, email, full_name)
SELECT 100 + n, 'patient' || n || '@mail.example', 'Patient ' || n FROM generate_series(1, 400) AS n;

INSERT INTO patients (id, user_id, full_name, date_of_birth, phone)
SELECT n, CASE WHEN n <= 400 THEN 100 + n END,
    (ARRAY['Layla', 'Omar', 'Noor', 'Yusuf', 'Salma', 'Tariq', 'Rania', 'Sami'])[1 + n % 8] || ' '
        || (ARRAY['Aziz', 'Barakat', 'Darwish', 'Farouk', 'Habib', 'Jaber', 'Kanaan'])[1 + n % 7],
    DATE '1940-01-01' + (n * 37) % 25000, '+9665' || lpad((n * 7919 % 100000000)::text, 8, '0')
FROM generate_series(1, 5000) AS n;

INSERT INTO appointments (id, patient_id, doctor_id, scheduled_at, status)
SELECT n, 1 + n * 13 % 5000, 5 + n % 2, TIMESTAMPTZ '2025-01-01 08:00+00' + n * interval '25 minutes',
    (ARRAY['completed', 'completed', 'completed', 'cancelled', 'no_show', 'scheduled'])[1 + n % 6]
FROM generate_series(1, 20000) AS n;

INSERT INTO sessions (id, appointment_id, started_at, ended_at, notes)
SELECT row_number() OVER (ORDER BY id), id, scheduled_at, scheduled_at + interval '20 minutes', 'follow up in two weeks'
FROM appointments WHERE status = 'completed';

INSERT INTO insurance_claims (id, appointment_id, payer, amount, status)
SELECT row_number() OVER (ORDER BY id), id, (ARRAY['Bupa Arabia', 'Tawuniya', 'Medgulf'])[1 + id % 3], 150 + id % 350, 'submitted'
FROM appointments WHERE status = 'completed' AND id % 2 = 0;

SELECT setval(pg_get_serial_sequence(t, 'id'), 100000)
FROM unnest(ARRAY['users', 'patients', 'appointments', 'sessions', 'insurance_claims']) AS t;
