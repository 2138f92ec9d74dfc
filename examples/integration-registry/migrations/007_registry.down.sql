-- limosa: online
-- limosa: allow deletes-data

-- As on the way there: while clients of the old version are at work beside those of the new one, somebody has to tell
-- the registry of their connections to Xero.
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
-- limosa: undo DROP TRIGGER IF EXISTS register_xero ON "denpay-dev".xero_connections
CREATE CONSTRAINT TRIGGER register_xero AFTER INSERT ON "denpay-dev".xero_connections
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION integrations.register_xero();

-- limosa: phase contract
DROP TRIGGER register_xero ON "denpay-dev".xero_connections;
-- limosa: phase contract
DROP FUNCTION integrations.register_xero();

-- The old version knows nothing of these rows: its connections to Xero stand in a table of their own, and what waits to
-- be set up stands in one.
-- limosa: phase contract
DELETE FROM integrations.pms_connections WHERE integration_type = 'XERO';
-- limosa: phase contract
DELETE FROM soe.soe_integrations WHERE external_system_id IS NULL;
