CREATE RULE log_it AS ON INSERT TO app.visit DO ALSO (INSERT INTO log VALUES (1); DELETE FROM old);
ALTER RULE log_it ON visit RENAME TO logged;
DROP RULE logged ON app.visit;
