-- policy: preset = "supabase"
-- policy: table-name = "off"
-- role: anon
-- role: authenticated
CREATE SCHEMA auth;
CREATE TABLE auth.users (id uuid PRIMARY KEY, email text);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE TABLE profile (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, name text);
ALTER TABLE profile ENABLE ROW LEVEL SECURITY;
CREATE POLICY reads ON profile FOR SELECT USING (true);
CREATE POLICY writes ON profile FOR UPDATE USING ((SELECT auth.uid()) = id);
CREATE TABLE note (id bigint PRIMARY KEY, owner uuid, text text);
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON note USING (auth.uid() = owner);
CREATE POLICY public_ones ON note FOR SELECT USING (text LIKE 'public%');
CREATE TABLE token (id bigint PRIMARY KEY, api_token text);
GRANT SELECT ON token TO anon;
CREATE VIEW notes AS SELECT * FROM note;
CREATE VIEW safe_notes WITH (security_invoker = on) AS SELECT * FROM note;
CREATE VIEW members AS SELECT id, email FROM auth.users;
GRANT SELECT ON members TO authenticated;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM note;
GRANT SELECT ON counts TO anon;
CREATE FUNCTION purge() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS '';
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION hello() RETURNS text LANGUAGE sql AS 'SELECT ''hello''';
