ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE settings ENABLE ROW LEVEL SECURITY;

GRANT SELECT ON settings TO anon;
GRANT SELECT, UPDATE ON notifications TO authenticated;
-- Nobody may change or delete what the audit log says, not even an admin.
GRANT SELECT, INSERT ON audit_logs TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON roles, settings TO authenticated;

DROP POLICY IF EXISTS notifications_own ON notifications;
CREATE POLICY notifications_own ON notifications TO authenticated USING (user_id = (SELECT auth.uid()));

DROP POLICY IF EXISTS audit_logs_written ON audit_logs;
CREATE POLICY audit_logs_written ON audit_logs FOR INSERT TO authenticated WITH CHECK (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS audit_logs_read ON audit_logs;
CREATE POLICY audit_logs_read ON audit_logs FOR SELECT TO authenticated USING ((SELECT auth.app_role()) = 'admin');

DROP POLICY IF EXISTS roles_read ON roles;
CREATE POLICY roles_read ON roles FOR SELECT TO authenticated USING (true);
DROP POLICY IF EXISTS roles_admin ON roles;
CREATE POLICY roles_admin ON roles TO authenticated USING ((SELECT auth.app_role()) = 'admin');

DROP POLICY IF EXISTS settings_public ON settings;
CREATE POLICY settings_public ON settings FOR SELECT TO anon, authenticated USING (is_public);
DROP POLICY IF EXISTS settings_admin ON settings;
CREATE POLICY settings_admin ON settings TO authenticated USING ((SELECT auth.app_role()) = 'admin');
