-- The integration system as it was: a table of connections to practice management systems, and one to Xero beside it.

CREATE SCHEMA "denpay-dev";
CREATE SCHEMA integrations;
CREATE SCHEMA soe;

CREATE FUNCTION generate_alphanumeric_id() RETURNS varchar(8) LANGUAGE sql VOLATILE AS $function$
    SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 1 + floor(random() * 36)::int, 1), '')
    FROM generate_series(1, 8)
$function$;

CREATE TABLE "denpay-dev".clients (
    tenant_id varchar(8) PRIMARY KEY DEFAULT generate_alphanumeric_id(),
    legal_trading_name varchar(255) NOT NULL,
    status varchar(50) NOT NULL DEFAULT 'ACTIVE',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE "denpay-dev".practices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id varchar(8) NOT NULL REFERENCES "denpay-dev".clients,
    name varchar(255) NOT NULL,
    postcode varchar(10),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_practices_tenant ON "denpay-dev".practices (tenant_id);

CREATE TABLE "denpay-dev".xero_connections (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id varchar(8) NOT NULL REFERENCES "denpay-dev".clients,
    tenant_name varchar(255) NOT NULL,
    access_token text,
    refresh_token text,
    token_expires_at timestamptz,
    status varchar(50) NOT NULL DEFAULT 'CONNECTED',
    connected_at timestamptz,
    last_sync_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_xero_connections_tenant ON "denpay-dev".xero_connections (tenant_id);
CREATE INDEX idx_xero_connections_status ON "denpay-dev".xero_connections (status);

CREATE TABLE integrations.pms_connections (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id varchar(8) NOT NULL,
    tenant_name varchar,
    practice_id uuid REFERENCES "denpay-dev".practices,
    clinician_id varchar(8),
    clinician_name varchar(255),
    pms_type varchar(50) NOT NULL,
    integration_id varchar,
    integration_name varchar(255) NOT NULL,
    external_practice_id varchar,
    external_site_code varchar,
    data_source varchar,
    sync_frequency varchar DEFAULT 'DAILY',
    sync_config jsonb,
    sync_patients boolean NOT NULL DEFAULT true,
    sync_appointments boolean NOT NULL DEFAULT true,
    sync_providers boolean NOT NULL DEFAULT true,
    sync_treatments boolean NOT NULL DEFAULT true,
    sync_billing boolean NOT NULL DEFAULT false,
    connection_status varchar(50) NOT NULL DEFAULT 'PENDING',
    last_sync_at timestamptz,
    last_sync_status varchar(50),
    last_sync_error text,
    last_sync_records_count integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pms_connections_integration_id_key UNIQUE (integration_id)
);
CREATE INDEX idx_pms_connections_tenant ON integrations.pms_connections (tenant_id);
CREATE INDEX idx_pms_connections_practice ON integrations.pms_connections (practice_id);
CREATE INDEX idx_pms_connections_pms_type ON integrations.pms_connections (pms_type);

CREATE TABLE soe.soe_integrations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    integration_id varchar,
    pms_type varchar(50) NOT NULL,
    status varchar(50) NOT NULL,
    last_sync_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT soe_integrations_integration_id_key UNIQUE (integration_id)
);

CREATE VIEW "denpay-dev".v_connection_summary AS
SELECT
    pc.id, pc.tenant_id, pc.tenant_name, pc.practice_id, pc.pms_type, pc.integration_id, pc.integration_name,
    pc.connection_status, pc.last_sync_at, pc.last_sync_status, pc.last_sync_error, pc.created_at, pc.updated_at,
    si.status AS pms_status
FROM integrations.pms_connections pc
LEFT JOIN soe.soe_integrations si ON si.integration_id = pc.integration_id;
