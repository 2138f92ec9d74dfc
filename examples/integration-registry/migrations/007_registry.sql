-- limosa: online

-- Names that were copied from clients, and that clients have given up since.
-- limosa: backfill
UPDATE integrations.pms_connections p SET tenant_name = c.legal_trading_name
FROM "denpay-dev".clients c
WHERE c.tenant_id = p.tenant_id AND p.tenant_name IS DISTINCT FROM c.legal_trading_name;

-- Clients of the old version make connections to Xero without telling the registry. Whoever tells it, in the same
-- transaction, is left alone.
-- limosa: phase expand
-- limosa: undo DROP FUNCTION IF EXISTS integrations.register_xero() CASCADE
CREATE FUNCTION integrations.register_xero() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO integrations.pms_connections (
        tenant_id, tenant_name, integration_type, integration_code, integration_name, xero_tenant_name,
        connection_status, last_sync_at
    )
    SELECT
        NEW.tenant_id, c.legal_trading_name, 'XERO', NEW.xero_tenant_id, 'Xero - ' || NEW.xero_tenant_name,
        NEW.xero_tenant_name, NEW.status, NEW.last_sync_at
    FROM "denpay-dev".clients c
    WHERE c.tenant_id = NEW.tenant_id
        AND NOT EXISTS (SELECT FROM integrations.pms_connections WHERE integration_code = NEW.xero_tenant_id);
    RETURN NULL;
END
$function$;

-- limosa: phase expand
-- limosa: undo DELETE FROM integrations.pms_connections WHERE pms_type = 'XERO'; DELETE FROM soe.soe_integrations WHERE integration_id IS NULL
CREATE CONSTRAINT TRIGGER register_xero AFTER INSERT ON "denpay-dev".xero_connections
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION integrations.register_xero();

-- The connections to Xero that are there.
INSERT INTO integrations.pms_connections (
    tenant_id, tenant_name, integration_type, integration_code, integration_name, xero_tenant_name, connection_status,
    last_sync_at
)
SELECT
    x.tenant_id, c.legal_trading_name, 'XERO', x.xero_tenant_id, 'Xero - ' || x.xero_tenant_name, x.xero_tenant_name,
    x.status, x.last_sync_at
FROM "denpay-dev".xero_connections x JOIN "denpay-dev".clients c ON c.tenant_id = x.tenant_id
WHERE NOT EXISTS (SELECT FROM integrations.pms_connections r WHERE r.integration_code = x.xero_tenant_id);

-- And the other way round: connections that wait to be set up have nothing on the other side yet.
INSERT INTO soe.soe_integrations (integration_code, integration_type, status)
SELECT p.integration_code, p.integration_type, p.connection_status FROM integrations.pms_connections p
WHERE p.integration_type <> 'XERO'
    AND NOT EXISTS (SELECT FROM soe.soe_integrations s WHERE s.integration_code = p.integration_code);

-- limosa: phase contract
DROP TRIGGER register_xero ON "denpay-dev".xero_connections;
-- limosa: phase contract
DROP FUNCTION integrations.register_xero();

-- limosa: verify
SELECT x.xero_tenant_id FROM "denpay-dev".xero_connections x WHERE NOT EXISTS (
    SELECT FROM integrations.pms_connections r
    WHERE r.integration_type = 'XERO' AND r.integration_code = x.xero_tenant_id);
SELECT s.id FROM soe.soe_integrations s WHERE NOT EXISTS (
    SELECT FROM integrations.pms_connections r
    WHERE r.integration_type = s.integration_type AND r.integration_code = s.integration_code);
SELECT r.id FROM integrations.pms_connections r WHERE r.integration_type <> 'XERO' AND NOT EXISTS (
    SELECT FROM soe.soe_integrations s WHERE s.integration_code = r.integration_code);
