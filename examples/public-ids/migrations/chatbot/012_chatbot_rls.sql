-- CREATE POLICY knows no IF NOT EXISTS: a policy that may be there is dropped first, so that this file can run twice.
ALTER TABLE chatbot_flows ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatbot_nodes ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatbot_edges ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatbot_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatbot_integrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;

GRANT SELECT ON chatbot_flows, chatbot_nodes, chatbot_edges TO anon;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON chatbot_flows, chatbot_nodes, chatbot_edges, chatbot_templates, chatbot_integrations, conversations, messages
    TO authenticated;

-- Visitors talk to what is published, and see no draft.
DROP POLICY IF EXISTS flows_published ON chatbot_flows;
CREATE POLICY flows_published ON chatbot_flows FOR SELECT TO anon, authenticated USING (is_published);
DROP POLICY IF EXISTS flows_staff ON chatbot_flows;
CREATE POLICY flows_staff ON chatbot_flows TO authenticated USING ((SELECT auth.app_role()) IN ('manager', 'admin'));

DROP POLICY IF EXISTS nodes_of_flows ON chatbot_nodes;
CREATE POLICY nodes_of_flows ON chatbot_nodes FOR SELECT TO anon, authenticated
    USING (EXISTS (SELECT FROM chatbot_flows f WHERE f.id = flow_id));
DROP POLICY IF EXISTS nodes_staff ON chatbot_nodes;
CREATE POLICY nodes_staff ON chatbot_nodes TO authenticated USING ((SELECT auth.app_role()) IN ('manager', 'admin'));

DROP POLICY IF EXISTS edges_of_flows ON chatbot_edges;
CREATE POLICY edges_of_flows ON chatbot_edges FOR SELECT TO anon, authenticated
    USING (EXISTS (SELECT FROM chatbot_flows f WHERE f.id = flow_id));
DROP POLICY IF EXISTS edges_staff ON chatbot_edges;
CREATE POLICY edges_staff ON chatbot_edges TO authenticated USING ((SELECT auth.app_role()) IN ('manager', 'admin'));

DROP POLICY IF EXISTS templates_staff ON chatbot_templates;
CREATE POLICY templates_staff ON chatbot_templates TO authenticated
    USING ((SELECT auth.app_role()) IN ('agent', 'manager', 'admin'));
-- Settings hold tokens of other companies.
DROP POLICY IF EXISTS integrations_admin ON chatbot_integrations;
CREATE POLICY integrations_admin ON chatbot_integrations TO authenticated USING ((SELECT auth.app_role()) = 'admin');

-- A conversation belongs to who began it, to the agent it was given to, and to managers.
DROP POLICY IF EXISTS conversations_own ON conversations;
CREATE POLICY conversations_own ON conversations TO authenticated
    USING ((SELECT auth.uid()) IN (user_id, assigned_to) OR (SELECT auth.app_role()) IN ('manager', 'admin'));
DROP POLICY IF EXISTS messages_of_conversations ON messages;
CREATE POLICY messages_of_conversations ON messages TO authenticated
    USING (EXISTS (SELECT FROM conversations c WHERE c.id = conversation_id));
