-- limosa: online

ALTER TABLE integrations.pms_connections RENAME COLUMN integration_type TO pms_type;
ALTER TABLE soe.soe_integrations RENAME COLUMN integration_type TO pms_type;
ALTER INDEX integrations.idx_pms_connections_integration_type RENAME TO idx_pms_connections_pms_type;
