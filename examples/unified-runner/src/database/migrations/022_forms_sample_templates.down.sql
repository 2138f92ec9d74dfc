DELETE FROM forms WHERE code = 'intake';
