INSERT INTO appointment_purposes (code, name, default_minutes) VALUES
    ('new', 'New patient', 45), ('follow-up', 'Follow-up', 20), ('vaccination', 'Vaccination', 10);
