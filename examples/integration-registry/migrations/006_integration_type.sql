-- limosa: online

-- Xero is no practice management system.
ALTER TABLE integrations.pms_connections RENAME COLUMN pms_type TO integration_type;
ALTER TABLE soe.soe_integrations RENAME COLUMN pms_type TO integration_type;
ALTER INDEX integrations.idx_pms_connections_pms_type RENAME TO idx_pms_connections_integration_type;
