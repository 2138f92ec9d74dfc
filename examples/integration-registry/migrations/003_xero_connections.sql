-- limosa: online

-- limosa rekey '"denpay-dev".xero_connections.id' --to 'varchar(8)' --generate alnum:8 --as xero_tenant_id
-- wrote this. Both keys work from `limosa up` on until `limosa contract`; the map stays, limosa.map_xero_connections.
ALTER TABLE "denpay-dev".xero_connections ALTER COLUMN id DROP DEFAULT;

-- limosa: rekey generate alnum:8
ALTER TABLE "denpay-dev".xero_connections ALTER COLUMN id TYPE varchar(8);
ALTER TABLE "denpay-dev".xero_connections RENAME COLUMN id TO xero_tenant_id;
ALTER TABLE "denpay-dev".xero_connections ALTER COLUMN xero_tenant_id SET DEFAULT generate_alphanumeric_id();

-- The organisation in Xero is called a tenant, too; its name is not that of our client.
ALTER TABLE "denpay-dev".xero_connections RENAME COLUMN tenant_name TO xero_tenant_name;
