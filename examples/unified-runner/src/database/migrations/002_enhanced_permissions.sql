CREATE TABLE organizations (id SERIAL PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE users (id SERIAL PRIMARY KEY, organization_id INTEGER REFERENCES organizations (id), email TEXT NOT NULL UNIQUE, role TEXT NOT NULL);
CREATE TABLE permissions (id SERIAL PRIMARY KEY, role TEXT NOT NULL, resource TEXT NOT NULL, action TEXT NOT NULL, UNIQUE (role, resource, action));
CREATE TABLE permission_changes (id SERIAL PRIMARY KEY, permission_id INTEGER, changed_at TIMESTAMPTZ NOT NULL DEFAULT now());
CREATE FUNCTION log_permission_change() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN INSERT INTO permission_changes (permission_id) VALUES (OLD.id); RETURN NEW; END $$;
CREATE TRIGGER permission_changed AFTER UPDATE ON permissions FOR EACH ROW EXECUTE FUNCTION log_permission_change();
