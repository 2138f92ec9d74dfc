-- Names are copied so that a list needs no join. Whoever changes one at its source changes the copies with it.
CREATE FUNCTION integrations.client_is_renamed() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    UPDATE integrations.pms_connections SET tenant_name = NEW.legal_trading_name WHERE tenant_id = NEW.tenant_id;
    RETURN NULL;
END
$function$;
CREATE TRIGGER client_is_renamed AFTER UPDATE OF legal_trading_name ON "denpay-dev".clients
    FOR EACH ROW WHEN (OLD.legal_trading_name <> NEW.legal_trading_name)
    EXECUTE FUNCTION integrations.client_is_renamed();

CREATE FUNCTION integrations.practice_is_renamed() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    UPDATE integrations.pms_connections SET practice_name = NEW.name WHERE practice_id = NEW.practice_id;
    RETURN NULL;
END
$function$;
CREATE TRIGGER practice_is_renamed AFTER UPDATE OF name ON "denpay-dev".practices
    FOR EACH ROW WHEN (OLD.name <> NEW.name)
    EXECUTE FUNCTION integrations.practice_is_renamed();

CREATE FUNCTION integrations.xero_tenant_is_renamed() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    UPDATE integrations.pms_connections SET xero_tenant_name = NEW.xero_tenant_name
    WHERE integration_id = NEW.xero_tenant_id AND integration_type = 'XERO';
    RETURN NULL;
END
$function$;
CREATE TRIGGER xero_tenant_is_renamed AFTER UPDATE OF xero_tenant_name ON "denpay-dev".xero_connections
    FOR EACH ROW WHEN (OLD.xero_tenant_name <> NEW.xero_tenant_name)
    EXECUTE FUNCTION integrations.xero_tenant_is_renamed();
