-- limosa: allow deletes-data

DROP VIEW "denpay-dev".v_connection_summary;
DROP TABLE soe.soe_integrations;
DROP TABLE integrations.pms_connections;
DROP TABLE "denpay-dev".xero_connections;
DROP TABLE "denpay-dev".practices;
DROP TABLE "denpay-dev".clients;
DROP FUNCTION generate_alphanumeric_id();
DROP SCHEMA soe;
DROP SCHEMA integrations;
DROP SCHEMA "denpay-dev";
