CREATE TABLE connectwise_credentials (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID UNIQUE REFERENCES customer_tenants(id) ON DELETE CASCADE,
    base_url TEXT NOT NULL,  -- limosa: renamed from server_url
    company_id TEXT NOT NULL,
    public_key TEXT NOT NULL,  -- limosa: renamed from encrypted_public_key
    private_key TEXT NOT NULL,  -- limosa: renamed from encrypted_private_key
    client_id TEXT NOT NULL,
    default_member_identifier TEXT,
    default_time_minutes INTEGER DEFAULT 15,
    auto_update_status BOOLEAN DEFAULT false,
    default_status_id INTEGER,
    created_at TIMESTAMP DEFAULT NOW(),
    updated_at TIMESTAMP DEFAULT NOW(),
    created_by TEXT,
    updated_by TEXT
);

CREATE TABLE tenant_3cx_credentials (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID UNIQUE REFERENCES customer_tenants(id) ON DELETE CASCADE,
    server_url TEXT NOT NULL,
    username TEXT NOT NULL,
    encrypted_password TEXT NOT NULL,
    mfa_enabled BOOLEAN DEFAULT false,
    created_at TIMESTAMP DEFAULT NOW(),
    updated_at TIMESTAMP DEFAULT NOW(),
    created_by TEXT,
    updated_by TEXT
);

-- Certificates took the place of passwords; the old columns stay until every tenant has one.
CREATE TABLE tenant_powershell_credentials (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID UNIQUE REFERENCES customer_tenants(id) ON DELETE CASCADE,
    app_id TEXT,
    certificate_thumbprint TEXT,
    username_deprecated TEXT,  -- limosa: renamed from username
    encrypted_password_deprecated TEXT,  -- limosa: renamed from encrypted_password
    is_active BOOLEAN NOT NULL DEFAULT true,
    created_at TIMESTAMP DEFAULT NOW(),
    updated_at TIMESTAMP DEFAULT NOW()
);
