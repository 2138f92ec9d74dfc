-- limosa: online

-- The organisation in Xero is called a tenant, too; its name is not that of our client.
ALTER TABLE "denpay-dev".xero_connections RENAME COLUMN tenant_name TO xero_tenant_name;

ALTER TABLE "denpay-dev".xero_connections
    ADD COLUMN xero_tenant_id varchar(8) NOT NULL DEFAULT generate_alphanumeric_id();
CREATE UNIQUE INDEX xero_connections_xero_tenant_id_key ON "denpay-dev".xero_connections (xero_tenant_id);

-- limosa: phase contract
INSERT INTO "denpay-dev".xero_connection_ids (id, xero_tenant_id)
SELECT id, xero_tenant_id FROM "denpay-dev".xero_connections
ON CONFLICT (id) DO UPDATE SET xero_tenant_id = EXCLUDED.xero_tenant_id;
-- limosa: phase contract
ALTER TABLE "denpay-dev".xero_connections DROP CONSTRAINT xero_connections_pkey;
-- limosa: phase contract
ALTER TABLE "denpay-dev".xero_connections
    ADD CONSTRAINT xero_connections_pkey PRIMARY KEY USING INDEX xero_connections_xero_tenant_id_key;
ALTER TABLE "denpay-dev".xero_connections DROP COLUMN id;
