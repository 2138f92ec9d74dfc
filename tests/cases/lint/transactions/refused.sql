CREATE TABLE visit (id bigint PRIMARY KEY, mood text);
CREATE TYPE mood AS ENUM ('glad');
-- next migration
BEGIN;
BEGIN;
ALTER TABLE visit ADD COLUMN a int;
COMMIT;
-- next migration
ALTER TABLE visit ADD COLUMN b int;
COMMIT;
-- next migration
ALTER TABLE visit ADD COLUMN c int;
ROLLBACK;
-- next migration
BEGIN;
ALTER TABLE visit ADD COLUMN d int;
PREPARE TRANSACTION 'later';
-- next migration
BEGIN;
ALTER TABLE visit ADD COLUMN e int;
-- next migration
-- limosa: transaction on

CREATE INDEX CONCURRENTLY visit_mood ON visit (mood);
-- next migration
BEGIN;
CREATE INDEX CONCURRENTLY visit_mood ON visit (mood);
VACUUM visit;
DO $$ BEGIN COMMIT; END $$;
COMMIT;
VACUUM visit;
-- next migration
DO $$ BEGIN
  CREATE INDEX CONCURRENTLY visit_mood ON visit (mood);
END $$;
-- next migration
BEGIN;
ALTER TYPE mood ADD VALUE 'sad';
INSERT INTO visit VALUES (1, 'sad');
COMMIT;
-- next migration
ALTER TYPE mood ADD VALUE 'calm';
INSERT INTO visit VALUES (1, 'calm');
-- next migration
SAVEPOINT here;
ALTER TABLE visit ADD COLUMN f int;
ROLLBACK TO here;
-- next migration
-- limosa: transaction off

SET LOCAL maintenance_work_mem = '1GB';
CREATE INDEX CONCURRENTLY visit_mood ON visit (mood);
-- next migration
SET LOCAL maintenance_work_mem = '1GB';
ALTER TABLE visit ADD COLUMN g int;
