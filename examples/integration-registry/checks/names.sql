-- Copied names are those of their sources.
SELECT r.id, r.tenant_name, c.legal_trading_name FROM integrations.pms_connections r
JOIN "denpay-dev".clients c ON c.tenant_id = r.tenant_id
WHERE r.tenant_name IS DISTINCT FROM c.legal_trading_name;
SELECT r.id, r.practice_name, p.name FROM integrations.pms_connections r
JOIN "denpay-dev".practices p ON p.practice_id = r.practice_id
WHERE r.practice_name IS DISTINCT FROM p.name AND r.integration_type <> 'XERO';
SELECT r.id, r.xero_tenant_name, x.xero_tenant_name FROM integrations.pms_connections r
JOIN "denpay-dev".xero_connections x ON x.xero_tenant_id = r.integration_id
WHERE r.xero_tenant_name IS DISTINCT FROM x.xero_tenant_name;
