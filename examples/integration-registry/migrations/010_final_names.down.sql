-- limosa: online

ALTER TABLE integrations.pms_connections RENAME COLUMN practice_id TO practice_code;
ALTER TABLE integrations.pms_connections RENAME COLUMN integration_id TO integration_code;
ALTER TABLE soe.soe_integrations RENAME COLUMN integration_id TO integration_code;

-- limosa: phase contract
DROP VIEW "denpay-dev".v_connection_summary;
-- limosa: phase contract
CREATE VIEW "denpay-dev".v_connection_summary AS
SELECT
    pc.id, pc.tenant_id, pc.tenant_name, pc.practice_code AS practice_id, pc.integration_type AS pms_type,
    pc.external_system_id AS integration_id, pc.integration_name, pc.connection_status, pc.last_sync_at,
    pc.last_sync_status, pc.last_sync_error, pc.created_at, pc.updated_at, si.status AS pms_status,
    pc.practice_name, pc.integration_type, pc.integration_code, pc.xero_tenant_name,
    CASE WHEN pc.integration_type = 'XERO' THEN xc.status END AS xero_connection_status
FROM integrations.pms_connections pc
LEFT JOIN "denpay-dev".xero_connections xc
    ON xc.xero_tenant_id = pc.integration_code AND pc.integration_type = 'XERO'
LEFT JOIN soe.soe_integrations si
    ON si.integration_code = pc.integration_code AND pc.integration_type IN ('SOE', 'SFD', 'DENTALLY', 'CARESTACK');
