-- limosa: online

-- Rows of the old version get the practice's new id and its name, for as long as somebody asks for them.
-- limosa: phase expand
-- limosa: undo DROP FUNCTION IF EXISTS integrations.fill_practice_code() CASCADE
CREATE FUNCTION integrations.fill_practice_code() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    NEW.practice_code := "denpay-dev".practice_code_of(NEW.practice_id);
    NEW.practice_name := "denpay-dev".practice_name_of(NEW.practice_id);
    RETURN NEW;
END
$function$;

-- limosa: phase expand
-- limosa: undo DROP TRIGGER IF EXISTS fill_practice_code ON integrations.pms_connections
CREATE TRIGGER fill_practice_code BEFORE INSERT OR UPDATE ON integrations.pms_connections
    FOR EACH ROW WHEN (NEW.practice_code IS NULL AND NEW.practice_id IS NOT NULL)
    EXECUTE FUNCTION integrations.fill_practice_code();

-- limosa: phase contract
DROP TRIGGER fill_practice_code ON integrations.pms_connections;
-- limosa: phase contract
DROP FUNCTION integrations.fill_practice_code();
-- limosa: phase contract
-- limosa: allow deletes-data
ALTER TABLE integrations.pms_connections DROP COLUMN xero_tenant_name;
-- limosa: phase contract
-- limosa: allow deletes-data
ALTER TABLE integrations.pms_connections DROP COLUMN practice_name;
-- limosa: phase contract
-- limosa: allow deletes-data
ALTER TABLE integrations.pms_connections DROP COLUMN practice_code;
