DROP FUNCTION integrations.xero_tenant_is_renamed() CASCADE;
DROP FUNCTION integrations.practice_is_renamed() CASCADE;
DROP FUNCTION integrations.client_is_renamed() CASCADE;
