-- limosa: online
-- limosa: allow deletes-data

-- limosa: forward "denpay-dev".xero_connection_id(xero_tenant_id)
ALTER TABLE "denpay-dev".xero_connections ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
CREATE UNIQUE INDEX xero_connections_id_key ON "denpay-dev".xero_connections (id);

ALTER TABLE "denpay-dev".xero_connections RENAME COLUMN xero_tenant_name TO tenant_name;

-- limosa: phase contract
ALTER TABLE "denpay-dev".xero_connections DROP CONSTRAINT xero_connections_pkey;
-- limosa: phase contract
ALTER TABLE "denpay-dev".xero_connections
    ADD CONSTRAINT xero_connections_pkey PRIMARY KEY USING INDEX xero_connections_id_key;
ALTER TABLE "denpay-dev".xero_connections DROP COLUMN xero_tenant_id;
