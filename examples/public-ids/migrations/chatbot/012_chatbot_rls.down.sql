DROP POLICY IF EXISTS messages_of_conversations ON messages;
DROP POLICY IF EXISTS conversations_own ON conversations;
DROP POLICY IF EXISTS integrations_admin ON chatbot_integrations;
DROP POLICY IF EXISTS templates_staff ON chatbot_templates;
DROP POLICY IF EXISTS edges_staff ON chatbot_edges;
DROP POLICY IF EXISTS edges_of_flows ON chatbot_edges;
DROP POLICY IF EXISTS nodes_staff ON chatbot_nodes;
DROP POLICY IF EXISTS nodes_of_flows ON chatbot_nodes;
DROP POLICY IF EXISTS flows_staff ON chatbot_flows;
DROP POLICY IF EXISTS flows_published ON chatbot_flows;

REVOKE SELECT, INSERT, UPDATE, DELETE
    ON chatbot_flows, chatbot_nodes, chatbot_edges, chatbot_templates, chatbot_integrations, conversations, messages
    FROM authenticated;
REVOKE SELECT ON chatbot_flows, chatbot_nodes, chatbot_edges FROM anon;

ALTER TABLE messages DISABLE ROW LEVEL SECURITY;
ALTER TABLE conversations DISABLE ROW LEVEL SECURITY;
ALTER TABLE chatbot_integrations DISABLE ROW LEVEL SECURITY;
ALTER TABLE chatbot_templates DISABLE ROW LEVEL SECURITY;
ALTER TABLE chatbot_edges DISABLE ROW LEVEL SECURITY;
ALTER TABLE chatbot_nodes DISABLE ROW LEVEL SECURITY;
ALTER TABLE chatbot_flows DISABLE ROW LEVEL SECURITY;
