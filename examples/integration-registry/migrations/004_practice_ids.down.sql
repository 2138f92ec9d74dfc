-- limosa: online
-- limosa: allow deletes-data

ALTER TABLE "denpay-dev".practices DROP COLUMN practice_id;
-- limosa: phase contract
DROP FUNCTION "denpay-dev".practice_code_of(uuid);
-- limosa: phase contract
DROP FUNCTION "denpay-dev".practice_uuid_of(varchar);
-- limosa: phase contract
DROP FUNCTION "denpay-dev".practice_name_of(uuid);
