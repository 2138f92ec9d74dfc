-- limosa.toml: own-transaction = "note"
-- limosa.toml: several-transactions = "note"
-- limosa.toml: schema-and-data = "note"
-- limosa.toml: set-without-local = "note"
CREATE TABLE visit (id bigint PRIMARY KEY);
-- next migration
BEGIN;
ALTER TABLE visit ADD COLUMN a int;
COMMIT;
-- next migration
SET SESSION work_mem = '1GB';
ALTER TABLE visit ADD COLUMN b int;
CREATE INDEX CONCURRENTLY visit_a ON visit (a);
-- next migration
ALTER TABLE visit ADD COLUMN c int;
UPDATE visit SET c = 1 WHERE id = 2;
-- next migration
UPDATE visit SET c = 1 WHERE id = 2;
CREATE INDEX CONCURRENTLY visit_b ON visit (b);
