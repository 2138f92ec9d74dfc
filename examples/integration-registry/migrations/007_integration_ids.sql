-- limosa: online

-- What the other system calls the connection is kept under a name that says so, with its index.
ALTER TABLE integrations.pms_connections RENAME COLUMN integration_id TO external_system_id;
-- limosa: forward coalesce(integrations.integration_id_of(integration_id), generate_alphanumeric_id())
ALTER TABLE integrations.pms_connections ADD COLUMN integration_code varchar(8) NOT NULL;
CREATE UNIQUE INDEX idx_pms_connections_integration_id ON integrations.pms_connections (integration_code);

-- The same ids on the other side, or the view's join finds nobody.
ALTER TABLE soe.soe_integrations RENAME COLUMN integration_id TO external_system_id;
-- limosa: forward coalesce(integrations.integration_id_of(integration_id), generate_alphanumeric_id())
ALTER TABLE soe.soe_integrations ADD COLUMN integration_code varchar(8) NOT NULL;
CREATE UNIQUE INDEX idx_soe_integrations_integration_id ON soe.soe_integrations (integration_code);

-- Until then, every row's id is asked from the map.
-- limosa: phase contract
ALTER TABLE integrations.pms_connections ALTER COLUMN integration_code SET DEFAULT generate_alphanumeric_id();
