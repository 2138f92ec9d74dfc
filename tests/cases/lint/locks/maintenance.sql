CREATE TABLE visit (id bigint PRIMARY KEY, at timestamptz, note text);
CREATE INDEX visit_at ON visit (at);
CREATE INDEX visit_note ON visit (note);
CREATE MATERIALIZED VIEW by_day AS SELECT at::date AS day, count(*) FROM visit GROUP BY 1;
CREATE DOMAIN code AS text;
CREATE TABLE room (code code);
-- next migration
DROP INDEX visit_at;
DROP INDEX CONCURRENTLY visit_note;
DROP INDEX elsewhere.unknown;
REINDEX TABLE visit;
REINDEX (VERBOSE) INDEX visit_pkey;
REINDEX INDEX CONCURRENTLY visit_pkey;
REINDEX SCHEMA public;
-- next migration
REFRESH MATERIALIZED VIEW by_day;
REFRESH MATERIALIZED VIEW by_day WITH NO DATA;
CREATE MATERIALIZED VIEW of_now AS SELECT now();
REFRESH MATERIALIZED VIEW of_now;
-- next migration
VACUUM FULL visit;
VACUUM visit;
CLUSTER visit USING visit_pkey;
VACUUM (FULL, ANALYZE);
-- next migration
ALTER TABLE visit SET UNLOGGED;
ALTER TABLE visit SET (fillfactor = 80), SET TABLESPACE fast;
-- next migration
ALTER DOMAIN code ADD CONSTRAINT short CHECK (length(VALUE) < 9);
ALTER DOMAIN code ADD CONSTRAINT long CHECK (length(VALUE) > 1) NOT VALID;
-- next migration
ALTER DOMAIN code VALIDATE CONSTRAINT long;
ALTER DOMAIN unheard_of SET NOT NULL;
