-- limosa: online

-- Rows of the new version get the uuid from their practice, which keeps it, for as long as somebody asks for it.
-- limosa: phase expand
-- limosa: undo DROP FUNCTION IF EXISTS integrations.fill_practice_uuid() CASCADE
CREATE FUNCTION integrations.fill_practice_uuid() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    NEW.practice_id := "denpay-dev".practice_uuid_of(NEW.practice_code);
    RETURN NEW;
END
$function$;

-- limosa: phase expand
-- limosa: undo DROP TRIGGER IF EXISTS fill_practice_uuid ON integrations.pms_connections
CREATE TRIGGER fill_practice_uuid BEFORE INSERT OR UPDATE ON integrations.pms_connections
    FOR EACH ROW WHEN (NEW.practice_id IS NULL AND NEW.practice_code IS NOT NULL)
    EXECUTE FUNCTION integrations.fill_practice_uuid();

-- limosa: phase contract
DROP TRIGGER fill_practice_uuid ON integrations.pms_connections;
-- limosa: phase contract
DROP FUNCTION integrations.fill_practice_uuid();
-- limosa: phase contract
-- limosa: allow deletes-data
ALTER TABLE integrations.pms_connections DROP COLUMN practice_id;
