-- limosa: online

ALTER TABLE "denpay-dev".xero_connections RENAME COLUMN xero_tenant_name TO tenant_name;

-- The same, with the map read the other way. When this is run, the summary reads the key still; before it is contracted,
-- 005 has given the summary its first form back.
DROP VIEW "denpay-dev".v_connection_summary;
ALTER TABLE "denpay-dev".xero_connections ALTER COLUMN xero_tenant_id DROP DEFAULT;

-- limosa: rekey map xero_connections back
-- limosa: forward gen_random_uuid()
-- limosa: back generate_alphanumeric_id()
ALTER TABLE "denpay-dev".xero_connections ALTER COLUMN xero_tenant_id TYPE uuid USING xero_tenant_id::text::uuid;
ALTER TABLE "denpay-dev".xero_connections RENAME COLUMN xero_tenant_id TO id;
ALTER TABLE "denpay-dev".xero_connections ALTER COLUMN id SET DEFAULT gen_random_uuid();

CREATE VIEW "denpay-dev".v_connection_summary AS
SELECT
    pc.id, pc.tenant_id, pc.tenant_name, pc.practice_id, pc.pms_type, pc.integration_id, pc.integration_name,
    pc.connection_status, pc.last_sync_at, pc.last_sync_status, pc.last_sync_error, pc.created_at, pc.updated_at,
    si.status AS pms_status
FROM integrations.pms_connections pc
LEFT JOIN soe.soe_integrations si ON si.integration_id = pc.integration_id;
