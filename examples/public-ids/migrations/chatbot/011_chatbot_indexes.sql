CREATE INDEX CONCURRENTLY IF NOT EXISTS chatbot_flows_created_by_idx ON chatbot_flows (created_by);
CREATE INDEX CONCURRENTLY IF NOT EXISTS chatbot_nodes_flow_id_idx ON chatbot_nodes (flow_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS chatbot_edges_flow_id_idx ON chatbot_edges (flow_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS chatbot_edges_from_node_id_idx ON chatbot_edges (from_node_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS chatbot_edges_to_node_id_idx ON chatbot_edges (to_node_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS conversations_flow_id_idx ON conversations (flow_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS conversations_user_id_idx ON conversations (user_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS conversations_assigned_to_status_idx ON conversations (assigned_to, status);
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_conversation_id_created_at_idx ON messages (conversation_id, created_at);
