DROP TABLE permission_changes;
DROP TABLE permissions;
DROP TABLE users;
DROP TABLE organizations;
DROP FUNCTION log_permission_change;
