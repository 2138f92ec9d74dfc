-- What five years have left: 400 clients, 5,000 practices, 50,000 connections, 150 connections to Xero. The same rows
-- every time.

INSERT INTO "denpay-dev".clients (tenant_id, legal_trading_name, created_at)
SELECT
    upper(substr(md5('client' || i), 1, 8)),
    (ARRAY['Bright Smile', 'Harbour', 'Oakfield', 'Kingsway', 'St Mary''s', 'Riverside', 'Elm Park', 'Castle'])[1 + i % 8]
        || (ARRAY[' Dental Care', ' Dental Group', ' Orthodontics', ' Dental Centres'])[1 + i / 8 % 4] || ' ' || i || ' Ltd',
    '2021-01-04 09:00+00'::timestamptz + i * interval '31 hours'
FROM generate_series(1, 400) i;

INSERT INTO "denpay-dev".practices (id, tenant_id, name, postcode, created_at)
SELECT
    md5('practice' || i)::uuid,
    upper(substr(md5('client' || 1 + i % 400), 1, 8)),
    (ARRAY['Leeds', 'York', 'Truro', 'Dundee', 'Ely', 'Hove', 'Ayr', 'Bangor', 'Derry', 'Ripon'])[1 + i / 400 % 10]
        || ' Dental Practice ' || i,
    (ARRAY['LS', 'YO', 'TR', 'DD', 'CB'])[1 + i % 5] || 1 + i % 9 || ' ' || 1 + i % 8 || 'AB',
    '2021-02-01 09:00+00'::timestamptz + i * interval '7 hours'
FROM generate_series(1, 5000) i;

-- One in a hundred waits to be set up and has no id in the other system yet; one in fifty bears a name that its client
-- has given up.
INSERT INTO integrations.pms_connections (
    id, tenant_id, tenant_name, practice_id, clinician_id, clinician_name, pms_type, integration_id, integration_name,
    external_practice_id, external_site_code, data_source, sync_config, connection_status, last_sync_at,
    last_sync_status, last_sync_error, last_sync_records_count, created_at, updated_at
)
SELECT
    md5('connection' || i)::uuid,
    p.tenant_id,
    CASE WHEN i % 50 = 7 THEN replace(c.legal_trading_name, ' Ltd', '') ELSE c.legal_trading_name END,
    p.id,
    CASE WHEN i % 3 = 0 THEN upper(substr(md5('clinician' || i % 900), 1, 8)) END,
    CASE WHEN i % 3 = 0 THEN 'Dr ' || (ARRAY['Patel', 'Hughes', 'Okafor', 'Lindqvist', 'Reid'])[1 + i % 5] END,
    k.kind,
    CASE WHEN i % 100 > 0 THEN k.kind || (ARRAY['-', '-UK-', '-SITE-'])[1 + i % 3] || i END,
    k.kind || ' of ' || p.name,
    'EP' || i % 5000,
    'SITE' || i % 40,
    (ARRAY['API', 'AGENT', 'SFTP'])[1 + i % 3],
    jsonb_build_object('batch', 100 + i % 7, 'region', 'uk'),
    CASE WHEN i % 100 > 0 THEN (ARRAY['CONNECTED', 'CONNECTED', 'CONNECTED', 'DISABLED'])[1 + i % 4] ELSE 'PENDING' END,
    CASE WHEN i % 100 > 0 THEN '2026-01-05 02:00+00'::timestamptz + i % 600 * interval '1 minute' END,
    CASE WHEN i % 100 > 0 THEN CASE WHEN i % 37 = 0 THEN 'FAILED' ELSE 'SUCCESS' END END,
    CASE WHEN i % 100 > 0 AND i % 37 = 0 THEN 'timeout while reading page 3' END,
    CASE WHEN i % 100 > 0 THEN i * 13 % 4000 END,
    '2021-03-01 09:00+00'::timestamptz + i * interval '50 minutes',
    '2026-01-05 02:00+00'::timestamptz + i % 600 * interval '1 minute'
FROM generate_series(1, 50000) i
CROSS JOIN LATERAL (SELECT (ARRAY['SOE', 'SFD', 'DENTALLY', 'CARESTACK'])[1 + i % 4] AS kind) k
JOIN "denpay-dev".practices p ON p.id = md5('practice' || 1 + i % 5000)::uuid
JOIN "denpay-dev".clients c ON c.tenant_id = p.tenant_id;

INSERT INTO soe.soe_integrations (integration_id, pms_type, status, last_sync_at, created_at)
SELECT integration_id, pms_type, connection_status, last_sync_at, created_at
FROM integrations.pms_connections WHERE integration_id IS NOT NULL ORDER BY created_at;

-- Clients whose number ends in 0 have two.
INSERT INTO "denpay-dev".xero_connections (
    id, tenant_id, tenant_name, access_token, refresh_token, token_expires_at, status, connected_at, last_sync_at,
    created_at, updated_at
)
SELECT
    md5('xero' || i)::uuid,
    upper(substr(md5('client' || CASE WHEN i > 136 THEN (i - 136) * 10 ELSE i END), 1, 8)),
    (ARRAY['Holdings', 'Payroll', 'Trading', 'Estates'])[1 + i % 4] || ' ' || i,
    md5('access' || i),
    md5('refresh' || i),
    '2026-01-05 09:30+00',
    (ARRAY['CONNECTED', 'CONNECTED', 'EXPIRED'])[1 + i % 3],
    '2024-05-06 10:00+00'::timestamptz + i * interval '3 days',
    '2026-01-05 03:00+00'::timestamptz + i * interval '1 minute',
    '2024-05-06 10:00+00'::timestamptz + i * interval '3 days',
    '2026-01-05 03:00+00'::timestamptz + i * interval '1 minute'
FROM generate_series(1, 150) i;

ANALYZE;
