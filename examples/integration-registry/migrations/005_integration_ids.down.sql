-- limosa: online
-- limosa: allow deletes-data

-- limosa: phase contract
DROP VIEW "denpay-dev".v_connection_summary;

-- The renames come first: their triggers fire first, and what is behind them finds both names filled.
ALTER TABLE integrations.pms_connections RENAME COLUMN external_system_id TO integration_id;
-- limosa: back coalesce(integrations.integration_id_of(external_system_id), generate_alphanumeric_id())
ALTER TABLE integrations.pms_connections DROP COLUMN integration_code;
ALTER TABLE soe.soe_integrations RENAME COLUMN external_system_id TO integration_id;
-- limosa: back coalesce(integrations.integration_id_of(external_system_id), generate_alphanumeric_id())
ALTER TABLE soe.soe_integrations DROP COLUMN integration_code;

-- limosa: phase contract
CREATE VIEW "denpay-dev".v_connection_summary AS
SELECT
    pc.id, pc.tenant_id, pc.tenant_name, pc.practice_id, pc.pms_type, pc.integration_id, pc.integration_name,
    pc.connection_status, pc.last_sync_at, pc.last_sync_status, pc.last_sync_error, pc.created_at, pc.updated_at,
    si.status AS pms_status
FROM integrations.pms_connections pc
LEFT JOIN soe.soe_integrations si ON si.integration_id = pc.integration_id;
