-- limosa: online
-- limosa: allow deletes-data

-- The renames come first: their triggers fire first, and what is behind them finds both names filled.
ALTER TABLE integrations.pms_connections RENAME COLUMN external_system_id TO integration_id;
-- limosa: back coalesce(integrations.integration_id_of(external_system_id), generate_alphanumeric_id())
ALTER TABLE integrations.pms_connections DROP COLUMN integration_code;
ALTER TABLE soe.soe_integrations RENAME COLUMN external_system_id TO integration_id;
-- limosa: back coalesce(integrations.integration_id_of(external_system_id), generate_alphanumeric_id())
ALTER TABLE soe.soe_integrations DROP COLUMN integration_code;
