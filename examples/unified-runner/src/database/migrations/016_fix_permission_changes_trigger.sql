CREATE OR REPLACE FUNCTION log_permission_change() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN INSERT INTO permission_changes (permission_id) VALUES (NEW.id); RETURN NEW; END $$;
