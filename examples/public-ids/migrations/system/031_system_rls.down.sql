DROP POLICY IF EXISTS settings_admin ON settings;
DROP POLICY IF EXISTS settings_public ON settings;
DROP POLICY IF EXISTS roles_admin ON roles;
DROP POLICY IF EXISTS roles_read ON roles;
DROP POLICY IF EXISTS audit_logs_read ON audit_logs;
DROP POLICY IF EXISTS audit_logs_written ON audit_logs;
DROP POLICY IF EXISTS notifications_own ON notifications;

REVOKE SELECT, INSERT, UPDATE, DELETE ON roles, settings FROM authenticated;
REVOKE SELECT, INSERT ON audit_logs FROM authenticated;
REVOKE SELECT, UPDATE ON notifications FROM authenticated;
REVOKE SELECT ON settings FROM anon;

ALTER TABLE settings DISABLE ROW LEVEL SECURITY;
ALTER TABLE roles DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_logs DISABLE ROW LEVEL SECURITY;
ALTER TABLE notifications DISABLE ROW LEVEL SECURITY;
