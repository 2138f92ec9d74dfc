INSERT INTO forms (code, title, fields) VALUES ('demo', 'Demo', '[]');
