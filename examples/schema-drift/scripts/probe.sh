#!/bin/sh
# Saves what the failing pages saved, in a transaction that is taken back: the statements of the endpoints, on real rows.
exec psql -Xq -v ON_ERROR_STOP=1 -d "${DATABASE_URL:-ucrmanager}" <<'SQL'
BEGIN;
INSERT INTO connectwise_credentials (tenant_id, base_url, company_id, public_key, private_key, client_id, auto_update_status)
SELECT id, 'https://probe.example', 'probe', 'p', 'p', 'p', true FROM customer_tenants LIMIT 1
ON CONFLICT (tenant_id) DO UPDATE SET base_url = excluded.base_url, auto_update_status = true;
UPDATE tenant_3cx_credentials SET updated_by = 'probe', updated_at = now();
UPDATE tenant_powershell_credentials SET app_id = 'probe', certificate_thumbprint = 'probe';
UPDATE phone_number_inventory SET carrier = 'probe', number_type = 'did', reserved_by = 'probe', reserved_at = now()
WHERE status = 'available';
ROLLBACK;
SQL
