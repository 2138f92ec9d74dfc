-- name: SaveConnectWiseCredentials
INSERT INTO connectwise_credentials
    (tenant_id, base_url, company_id, public_key, private_key, client_id, auto_update_status, default_status_id, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (tenant_id) DO UPDATE SET
    base_url = excluded.base_url, public_key = excluded.public_key, private_key = excluded.private_key,
    auto_update_status = excluded.auto_update_status, default_status_id = excluded.default_status_id, updated_at = now();

-- name: Save3cxCredentials
INSERT INTO tenant_3cx_credentials (tenant_id, server_url, username, encrypted_password, created_by, updated_by)
VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (tenant_id) DO UPDATE SET
    server_url = excluded.server_url, username = excluded.username, encrypted_password = excluded.encrypted_password,
    updated_by = excluded.updated_by, updated_at = now();

-- name: SavePowerShellCertificate
UPDATE tenant_powershell_credentials SET app_id = $2, certificate_thumbprint = $3, updated_at = now() WHERE tenant_id = $1;

-- name: TenantsStillOnPasswords
SELECT tenant_id, username_deprecated FROM tenant_powershell_credentials WHERE certificate_thumbprint IS NULL;
