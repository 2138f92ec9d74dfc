CREATE OR REPLACE FUNCTION log_permission_change() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN INSERT INTO permission_changes (permission_id) VALUES (OLD.id); RETURN NEW; END $$;
