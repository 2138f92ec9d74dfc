DELETE FROM forms WHERE code = 'demo';
