DELETE FROM forms WHERE code = 'phq9';
