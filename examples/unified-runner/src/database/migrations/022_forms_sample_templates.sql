INSERT INTO forms (code, title, fields) VALUES ('intake', 'Intake', '["name", "date of birth"]');
