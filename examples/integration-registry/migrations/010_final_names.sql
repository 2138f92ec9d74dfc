-- limosa: online

-- The names are free now.
ALTER TABLE integrations.pms_connections RENAME COLUMN practice_code TO practice_id;
ALTER TABLE integrations.pms_connections RENAME COLUMN integration_code TO integration_id;
ALTER TABLE soe.soe_integrations RENAME COLUMN integration_code TO integration_id;

-- limosa: phase contract
DROP VIEW "denpay-dev".v_connection_summary;
-- limosa: phase contract
CREATE VIEW "denpay-dev".v_connection_summary AS
SELECT
    pc.id,
    pc.tenant_id,
    pc.tenant_name,
    pc.practice_id,
    pc.practice_name,
    pc.integration_type,
    pc.integration_id,
    pc.integration_name,
    pc.xero_tenant_name,
    pc.connection_status,
    pc.last_sync_at,
    pc.last_sync_status,
    pc.last_sync_error,
    pc.created_at,
    pc.updated_at,
    CASE WHEN pc.integration_type = 'XERO' THEN xc.status END AS xero_connection_status,
    CASE WHEN pc.integration_type IN ('SOE', 'SFD', 'DENTALLY', 'CARESTACK') THEN si.status END AS pms_status
FROM integrations.pms_connections pc
LEFT JOIN "denpay-dev".xero_connections xc
    ON pc.integration_id = xc.xero_tenant_id AND pc.integration_type = 'XERO'
LEFT JOIN soe.soe_integrations si
    ON pc.integration_id = si.integration_id
    AND pc.integration_type IN ('SOE', 'SFD', 'DENTALLY', 'CARESTACK');
