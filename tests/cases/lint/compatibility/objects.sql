CREATE VIEW open_visit AS SELECT 1;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE visit (id bigint);
-- next migration
DROP VIEW open_visit, other_view;
DROP MATERIALIZED VIEW totals;
DROP FUNCTION next_visit(bigint), touch();
DROP PROCEDURE tidy;
DROP EXTENSION pg_trgm;
REVOKE SELECT ON visit FROM reporting;
-- next migration
DROP VIEW again;
CREATE VIEW again AS SELECT 2;
DROP FUNCTION again(int);
CREATE FUNCTION again(bigint) RETURNS int LANGUAGE sql RETURN 1;
DROP EXTENSION hstore;
CREATE EXTENSION hstore SCHEMA extensions;
REVOKE ALL ON TABLE visit FROM reporting;
GRANT SELECT ON visit TO reporting;
DROP TRIGGER stamp ON visit;
DROP FUNCTION stamp();
