-- limosa: online

-- Filled by who knows them: the new version, and 008 for rows of the old one.
ALTER TABLE integrations.pms_connections ADD COLUMN practice_name varchar(255);
ALTER TABLE integrations.pms_connections ADD COLUMN xero_tenant_name varchar(255);
