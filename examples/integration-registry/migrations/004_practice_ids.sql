-- limosa: online

-- A practice has both its ids from now on, and so is itself the map from one to the other.
ALTER TABLE "denpay-dev".practices
    ADD COLUMN practice_id varchar(8) NOT NULL DEFAULT generate_alphanumeric_id();
CREATE UNIQUE INDEX practices_practice_id_key ON "denpay-dev".practices (practice_id);

-- limosa: phase expand
-- limosa: undo DROP FUNCTION IF EXISTS "denpay-dev".practice_code_of(uuid)
CREATE FUNCTION "denpay-dev".practice_code_of(practice uuid) RETURNS varchar(8) LANGUAGE sql STABLE AS $function$
    SELECT practice_id FROM "denpay-dev".practices WHERE id = practice
$function$;

-- limosa: phase expand
-- limosa: undo DROP FUNCTION IF EXISTS "denpay-dev".practice_uuid_of(varchar)
CREATE FUNCTION "denpay-dev".practice_uuid_of(practice varchar) RETURNS uuid LANGUAGE sql STABLE AS $function$
    SELECT id FROM "denpay-dev".practices WHERE practice_id = practice
$function$;

-- limosa: phase expand
-- limosa: undo DROP FUNCTION IF EXISTS "denpay-dev".practice_name_of(uuid)
CREATE FUNCTION "denpay-dev".practice_name_of(practice uuid) RETURNS varchar LANGUAGE sql STABLE AS $function$
    SELECT name FROM "denpay-dev".practices WHERE id = practice
$function$;
