CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_it ON visit USING (true);
CREATE POLICY adds ON visit FOR INSERT WITH CHECK (true);
CREATE POLICY reads ON visit FOR SELECT TO staff USING (true);
CREATE POLICY service ON visit TO service_role USING (true) WITH CHECK (true);
CREATE POLICY narrows ON visit AS RESTRICTIVE USING (true);
CREATE POLICY own ON visit FOR UPDATE USING (owner = auth.uid()::text) WITH CHECK (owner = (SELECT auth.uid())::text);
CREATE POLICY claims ON visit FOR SELECT
    USING ((SELECT auth.jwt()) -> 'user_metadata' ->> 'role' = 'staff');
CREATE TABLE bill (id bigint PRIMARY KEY);
CREATE POLICY nobody ON bill FOR SELECT USING (true);
CREATE FUNCTION a() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$;
CREATE FUNCTION b() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path TO '' AS $$ SELECT 1 $$;
CREATE FUNCTION c() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$;
ALTER FUNCTION c() SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION d() RETURNS int LANGUAGE sql AS $$ SELECT 1 /* SECURITY DEFINER */ $$;
GRANT SELECT, INSERT ON visit TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA public TO staff;
GRANT ALL ON SCHEMA public TO PUBLIC;
REVOKE ALL ON visit FROM PUBLIC;
CREATE ROLE reporting LOGIN PASSWORD 'green-godwit' NOSUPERUSER;
ALTER ROLE reporting PASSWORD NULL BYPASSRLS;
CREATE USER MAPPING FOR reporting SERVER lab OPTIONS (user 'r', password 'p');
ALTER ROLE reporting WITH PASSWORD '${env:REPORTING_PASSWORD}';
-- next migration
-- Policies and row security of a table that was there before may be anywhere.
CREATE POLICY later ON patient USING (owner = current_user);
