-- limosa: online

-- This is no re-key, though every row gets another id: what stands there is an id of the other system, which is asked for
-- as long as that system lives, and rows that wait to be set up have none. A re-key makes two values of one thing, and
-- keeps the one that goes in its map alone; here are two things, so the old value gets a name of its own and the new one
-- a column. Both tables ask the same map, or the view's join finds nobody.
-- limosa: forward coalesce(integrations.integration_id_of(integration_id), generate_alphanumeric_id())
ALTER TABLE integrations.pms_connections ADD COLUMN integration_code varchar(8) NOT NULL;
CREATE UNIQUE INDEX idx_pms_connections_integration_id ON integrations.pms_connections (integration_code);
-- limosa: forward coalesce(integrations.integration_id_of(integration_id), generate_alphanumeric_id())
ALTER TABLE soe.soe_integrations ADD COLUMN integration_code varchar(8) NOT NULL;
CREATE UNIQUE INDEX idx_soe_integrations_integration_id ON soe.soe_integrations (integration_code);

-- The summary of both versions: what the old one knows in the order that it knows, and the rest behind it. The renames
-- below and in 006 take it along.
-- limosa: phase expand
-- limosa: undo DROP VIEW "denpay-dev".v_connection_summary; CREATE VIEW "denpay-dev".v_connection_summary AS SELECT pc.id, pc.tenant_id, pc.tenant_name, pc.practice_id, pc.pms_type, pc.integration_id, pc.integration_name, pc.connection_status, pc.last_sync_at, pc.last_sync_status, pc.last_sync_error, pc.created_at, pc.updated_at, si.status AS pms_status FROM integrations.pms_connections pc LEFT JOIN soe.soe_integrations si ON si.integration_id = pc.integration_id
CREATE OR REPLACE VIEW "denpay-dev".v_connection_summary AS
SELECT
    pc.id, pc.tenant_id, pc.tenant_name, pc.practice_id, pc.pms_type, pc.integration_id, pc.integration_name,
    pc.connection_status, pc.last_sync_at, pc.last_sync_status, pc.last_sync_error, pc.created_at, pc.updated_at,
    si.status AS pms_status,
    pc.practice_name, pc.pms_type AS integration_type, pc.integration_code, pc.xero_tenant_name,
    CASE WHEN pc.pms_type = 'XERO' THEN xc.status END AS xero_connection_status
FROM integrations.pms_connections pc
LEFT JOIN "denpay-dev".xero_connections xc ON xc.xero_tenant_id = pc.integration_code AND pc.pms_type = 'XERO'
LEFT JOIN soe.soe_integrations si ON si.integration_id = pc.integration_id;

ALTER TABLE integrations.pms_connections RENAME COLUMN integration_id TO external_system_id;
ALTER TABLE soe.soe_integrations RENAME COLUMN integration_id TO external_system_id;

-- Until then, every row's id is asked from the map.
-- limosa: phase contract
ALTER TABLE integrations.pms_connections ALTER COLUMN integration_code SET DEFAULT generate_alphanumeric_id();
