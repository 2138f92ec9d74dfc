INSERT INTO forms (code, title, fields) VALUES ('phq9', 'PHQ-9', '["q1", "q2"]');
