DROP TABLE messages, conversations, chatbot_integrations, chatbot_templates, chatbot_edges, chatbot_nodes, chatbot_flows;
