-- What roles see and may do, asked as these roles. Everything is taken back in the end.

-- It runs after each migration: before the last policy is there, there is nothing to ask.
SELECT NOT EXISTS (SELECT FROM pg_policies WHERE policyname = 'settings_admin') AS too_early \gset
\if :too_early
\quit
\endif
\o /dev/null

BEGIN;

INSERT INTO users (id, email, full_name, app_role) VALUES
    (9001, 'a@test.example', 'An agent', 'agent'), (9002, 'b@test.example', 'Another agent', 'agent'),
    (9003, 'm@test.example', 'A manager', 'manager'), (9004, 'p@test.example', 'A patient', 'patient'),
    (9005, 'q@test.example', 'Another patient', 'patient'), (9006, 'z@test.example', 'An admin', 'admin');
INSERT INTO chatbot_flows (id, name, is_published, created_by) VALUES
    (9001, 'booking', true, 9003), (9002, 'draft', false, 9003);
INSERT INTO chatbot_nodes (flow_id, kind) VALUES (9001, 'message'), (9002, 'message');
INSERT INTO conversations (id, user_id, assigned_to) VALUES (9001, 9004, 9001), (9002, 9005, 9002);
INSERT INTO messages (conversation_id, sender, body) VALUES (9001, 'user', 'hello'), (9002, 'user', 'hello');
INSERT INTO crm_leads (id, full_name, owner_id) VALUES (9001, 'L1', 9001), (9002, 'L2', 9002), (9003, 'L3', NULL);
INSERT INTO notifications (user_id, title) VALUES (9004, 'tomorrow at nine'), (9005, 'tomorrow at ten');
INSERT INTO settings (key, value, is_public) VALUES ('test.hours', '"8-18"', true), ('test.token', '"x"', false);

-- Runs a query as somebody, and compares its one number; NULL stands for "permission denied or refused by a policy".
CREATE FUNCTION pg_temp.expect(who text, uid bigint, app_role text, query text, expected bigint) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    found bigint;
BEGIN
    PERFORM set_config('request.jwt.claim.sub', uid::text, true);
    PERFORM set_config('request.jwt.claim.app_role', app_role, true);
    EXECUTE format('SET LOCAL ROLE %I', who);
    BEGIN
        EXECUTE query INTO found;
    EXCEPTION WHEN insufficient_privilege THEN
        found := NULL;
    END;
    RESET ROLE;
    IF found IS DISTINCT FROM expected THEN
        RAISE EXCEPTION '% as % %: % and not %', who, app_role, uid, coalesce(found::text, 'refused'),
            coalesce(expected::text, 'refused') USING DETAIL = query;
    END IF;
END
$$;

-- Chatbot
SELECT pg_temp.expect('anon', NULL, '', 'SELECT count(*) FROM chatbot_flows WHERE id > 9000', 1);
SELECT pg_temp.expect('anon', NULL, '', 'SELECT count(*) FROM chatbot_nodes WHERE flow_id > 9000', 1);
SELECT pg_temp.expect('anon', NULL, '', 'SELECT count(*) FROM conversations', NULL);
SELECT pg_temp.expect('authenticated', 9003, 'manager', 'SELECT count(*) FROM chatbot_flows WHERE id > 9000', 2);
SELECT pg_temp.expect('authenticated', 9001, 'agent', 'SELECT count(*) FROM chatbot_flows WHERE id > 9000', 1);
SELECT pg_temp.expect('authenticated', 9003, 'manager', 'SELECT count(*) FROM chatbot_integrations', 0);
SELECT pg_temp.expect('authenticated', 9004, 'patient', 'SELECT sum(id) FROM conversations', 9001);
SELECT pg_temp.expect('authenticated', 9002, 'agent', 'SELECT sum(conversation_id) FROM messages', 9002);
SELECT pg_temp.expect('authenticated', 9003, 'manager', 'SELECT count(*) FROM messages WHERE conversation_id > 9000', 2);
SELECT pg_temp.expect('authenticated', 9004, 'patient',
    'WITH made AS (INSERT INTO messages (conversation_id, sender, body) VALUES (9002, ''user'', ''x'') RETURNING 1)
     SELECT count(*) FROM made', NULL);

-- CRM
SELECT pg_temp.expect('authenticated', 9001, 'agent', 'SELECT sum(id) FROM crm_leads WHERE id > 9000', 9001 + 9003);
SELECT pg_temp.expect('authenticated', 9003, 'manager', 'SELECT count(*) FROM crm_leads WHERE id > 9000', 3);
SELECT pg_temp.expect('authenticated', 9004, 'patient', 'SELECT count(*) FROM crm_leads', 0);
SELECT pg_temp.expect('anon', NULL, '', 'SELECT count(*) FROM crm_leads', NULL);
SELECT pg_temp.expect('authenticated', 9001, 'agent',
    'WITH taken AS (UPDATE crm_leads SET owner_id = 9001 WHERE id = 9003 RETURNING 1) SELECT count(*) FROM taken', 1);
SELECT pg_temp.expect('authenticated', 9001, 'agent',
    'WITH given AS (UPDATE crm_leads SET owner_id = 9002 WHERE id = 9001 RETURNING 1) SELECT count(*) FROM given', NULL);

-- System
SELECT pg_temp.expect('authenticated', 9004, 'patient', 'SELECT count(*) FROM notifications', 1);
SELECT pg_temp.expect('anon', NULL, '', 'SELECT count(*) FROM settings WHERE key LIKE ''test.%''', 1);
SELECT pg_temp.expect('authenticated', 9006, 'admin', 'SELECT count(*) FROM settings WHERE key LIKE ''test.%''', 2);
SELECT pg_temp.expect('authenticated', 9001, 'agent',
    'WITH made AS (UPDATE roles SET permissions = ''{all}'' RETURNING 1) SELECT count(*) FROM made', 0);
SELECT pg_temp.expect('authenticated', 9006, 'admin',
    'WITH gone AS (DELETE FROM audit_logs RETURNING 1) SELECT count(*) FROM gone', NULL);
SELECT pg_temp.expect('authenticated', 9003, 'manager', 'SELECT count(*) FROM audit_logs', 0);

ROLLBACK;
