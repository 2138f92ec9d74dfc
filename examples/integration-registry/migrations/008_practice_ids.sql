-- limosa: online

-- limosa rekey '"denpay-dev".practices.id' --to 'varchar(8)' --generate alnum:8 --as practice_id
-- wrote this. By hand, for the clients of both versions: what follows is called practice_code, since practice_id means a
-- uuid to the old one; and the view is that of the new one, with its old names still.
DROP VIEW "denpay-dev".v_connection_summary;
ALTER TABLE integrations.pms_connections DROP CONSTRAINT pms_connections_practice_id_fkey;
ALTER TABLE "denpay-dev".practices ALTER COLUMN id DROP DEFAULT;

-- limosa: rekey generate alnum:8
ALTER TABLE "denpay-dev".practices ALTER COLUMN id TYPE varchar(8);
ALTER TABLE "denpay-dev".practices RENAME COLUMN id TO practice_id;
ALTER TABLE "denpay-dev".practices ALTER COLUMN practice_id SET DEFAULT generate_alphanumeric_id();

-- limosa: follows
ALTER TABLE integrations.pms_connections ALTER COLUMN practice_id TYPE varchar(8);
ALTER TABLE integrations.pms_connections RENAME COLUMN practice_id TO practice_code;

ALTER TABLE integrations.pms_connections ADD CONSTRAINT pms_connections_practice_id_fkey
    FOREIGN KEY (practice_code) REFERENCES "denpay-dev".practices (practice_id);

CREATE VIEW "denpay-dev".v_connection_summary AS
SELECT
    pc.id, pc.tenant_id, pc.tenant_name, pc.practice_code AS practice_id, pc.integration_type AS pms_type,
    pc.external_system_id AS integration_id, pc.integration_name, pc.connection_status, pc.last_sync_at,
    pc.last_sync_status, pc.last_sync_error, pc.created_at, pc.updated_at, si.status AS pms_status,
    pc.practice_name, pc.integration_type, pc.integration_code, pc.xero_tenant_name,
    CASE WHEN pc.integration_type = 'XERO' THEN xc.status END AS xero_connection_status
FROM integrations.pms_connections pc
LEFT JOIN "denpay-dev".xero_connections xc
    ON xc.xero_tenant_id = pc.integration_code AND pc.integration_type = 'XERO'
LEFT JOIN soe.soe_integrations si
    ON si.integration_code = pc.integration_code AND pc.integration_type IN ('SOE', 'SFD', 'DENTALLY', 'CARESTACK');

-- Clients of the old version do not know that the name is copied. This one reads no column that goes.
-- limosa: phase expand
-- limosa: undo DROP FUNCTION IF EXISTS integrations.name_practice() CASCADE
CREATE FUNCTION integrations.name_practice() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    UPDATE integrations.pms_connections SET practice_name = p.name
    FROM "denpay-dev".practices p WHERE pms_connections.id = NEW.id AND p.practice_id = NEW.practice_code;
    RETURN NULL;
END
$function$;

-- limosa: phase expand
-- limosa: undo DROP TRIGGER IF EXISTS name_practice ON integrations.pms_connections
CREATE TRIGGER name_practice AFTER INSERT ON integrations.pms_connections
    FOR EACH ROW WHEN (NEW.practice_name IS NULL AND NEW.practice_code IS NOT NULL)
    EXECUTE FUNCTION integrations.name_practice();

-- limosa: backfill
UPDATE integrations.pms_connections c SET practice_name = p.name
FROM "denpay-dev".practices p WHERE p.practice_id = c.practice_code AND c.practice_name IS NULL;

-- limosa: phase contract
DROP TRIGGER name_practice ON integrations.pms_connections;
-- limosa: phase contract
DROP FUNCTION integrations.name_practice();
