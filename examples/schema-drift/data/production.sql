-- Two years of customers, as production holds them.
INSERT INTO customer_tenants (id, tenant_name, tenant_id)
SELECT md5('tenant' || n)::uuid, 'Customer ' || n, md5('azure' || n)::uuid FROM generate_series(1, 40) AS n;

INSERT INTO connectwise_credentials
    (id, tenant_id, server_url, company_id, encrypted_public_key, encrypted_private_key, client_id)
SELECT md5('cw' || n)::uuid, md5('tenant' || n)::uuid, 'https://na.myconnectwise.example', 'company' || n,
    'pk-' || md5('pk' || n), 'sk-' || md5('sk' || n), md5('client' || n)
FROM generate_series(1, 25) AS n;

INSERT INTO tenant_3cx_credentials (id, tenant_id, server_url, username, encrypted_password)
SELECT md5('3cx' || n)::uuid, md5('tenant' || n)::uuid, 'https://pbx' || n || '.example', 'admin', md5('secret' || n)
FROM generate_series(1, 30) AS n;

INSERT INTO tenant_powershell_credentials (id, tenant_id, username, encrypted_password)
SELECT md5('ps' || n)::uuid, md5('tenant' || n)::uuid, 'admin@customer' || n || '.example', md5('password' || n)
FROM generate_series(1, 20) AS n;

INSERT INTO phone_number_inventory (id, tenant_id, line_uri, display_name, status, external_system_type, created_by)
SELECT md5('number' || n)::uuid, md5('tenant' || (1 + n % 40))::uuid, 'tel:+1555' || lpad(n::text, 7, '0'), 'Desk ' || n,
    (ARRAY['available', 'used', 'used', 'reserved', 'aging'])[1 + n % 5], (ARRAY['teams', '3cx'])[1 + n % 2], 'import'
FROM generate_series(1, 5000) AS n;
