DROP TABLE settings, roles, audit_logs, notifications;
