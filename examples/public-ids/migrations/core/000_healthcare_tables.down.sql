-- The roles stay: other databases of the server may use them.
DROP TABLE insurance_claims, sessions, appointments, patients, users;
DROP FUNCTION auth.uid();
DROP FUNCTION auth.app_role();
REVOKE USAGE ON SCHEMA public FROM anon, authenticated, service_role;
DROP SCHEMA auth;
