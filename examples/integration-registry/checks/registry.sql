-- Every connection to Xero stands in the registry, and every one to a practice management system does.
SELECT x.xero_tenant_id, x.xero_tenant_name FROM "denpay-dev".xero_connections x WHERE NOT EXISTS (
    SELECT FROM integrations.pms_connections r
    WHERE r.integration_type = 'XERO' AND r.integration_id = x.xero_tenant_id);
SELECT s.integration_id, s.integration_type FROM soe.soe_integrations s WHERE NOT EXISTS (
    SELECT FROM integrations.pms_connections r
    WHERE r.integration_type = s.integration_type AND r.integration_id = s.integration_id);

-- And the registry lists nothing that is not there.
SELECT r.id, r.integration_type, r.integration_id FROM integrations.pms_connections r
WHERE CASE r.integration_type
    WHEN 'XERO' THEN NOT EXISTS (
        SELECT FROM "denpay-dev".xero_connections x WHERE x.xero_tenant_id = r.integration_id)
    WHEN 'SOE' THEN false WHEN 'SFD' THEN false WHEN 'DENTALLY' THEN false WHEN 'CARESTACK' THEN false
    ELSE true
END;
SELECT r.id, r.integration_type, r.integration_id FROM integrations.pms_connections r
WHERE r.integration_type <> 'XERO' AND NOT EXISTS (
    SELECT FROM soe.soe_integrations s WHERE s.integration_id = r.integration_id);
