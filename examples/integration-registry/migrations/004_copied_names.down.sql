-- limosa: online
-- limosa: allow deletes-data

ALTER TABLE integrations.pms_connections DROP COLUMN xero_tenant_name;
ALTER TABLE integrations.pms_connections DROP COLUMN practice_name;
