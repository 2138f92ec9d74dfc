-- rows: room 300
CREATE TABLE patient (id bigint PRIMARY KEY, name text, state text);
CREATE TABLE room (id bigint PRIMARY KEY, name text);
CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient, room_id bigint REFERENCES room);
CREATE MATERIALIZED VIEW visits AS SELECT * FROM visit;
-- next migration
-- A backfill beside the column that it fills, and one without.
ALTER TABLE patient ADD COLUMN kind text;
UPDATE patient SET kind = 'a' WHERE kind IS NULL;
UPDATE room SET name = 'b';
-- next migration
UPDATE patient SET state = 'b' WHERE 1 = 1;
UPDATE patient SET state = 'c' WHERE id < 100;
UPDATE patient SET state = 'c' WHERE state IS NULL;
-- next migration
-- Long work behind a lock.
ALTER TABLE patient DROP COLUMN state;
CREATE TABLE copied AS SELECT * FROM visit;
CREATE INDEX copied_id ON copied (id);
INSERT INTO room SELECT id, name FROM patient;
INSERT INTO room VALUES (1, 'a');
REFRESH MATERIALIZED VIEW visits;
-- next migration
-- Without one.
CREATE TABLE copied_again AS SELECT * FROM visit;
CREATE INDEX copied_again_id ON copied_again (id);
-- next migration
-- What is locked by the way.
ALTER TABLE visit DROP CONSTRAINT visit_room_id_fkey;
-- next migration
ALTER TABLE visit DROP COLUMN patient_id;
-- next migration
DROP TABLE visit;
-- next migration
CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int); CREATE TABLE d (id int); CREATE TABLE e (id int);
-- next migration
ALTER TABLE a ADD COLUMN at date;
ALTER TABLE b ADD COLUMN at date;
ALTER TABLE c ADD COLUMN at date;
ALTER TABLE d ADD COLUMN at date;
ALTER TABLE e ADD COLUMN at date;
-- next migration
-- limosa: transaction off
ALTER TABLE a ADD COLUMN by text;
ALTER TABLE b ADD COLUMN by text;
ALTER TABLE c ADD COLUMN by text;
ALTER TABLE d ADD COLUMN by text;
-- next migration
ALTER TABLE a ADD CONSTRAINT a_id CHECK (id > 0);
ALTER TABLE a ADD CONSTRAINT a_at CHECK (id > 1);
-- next migration
-- Nothing that could be mended by itself stands in a transaction of the file.
BEGIN;
CREATE INDEX a_id ON a (id);
COMMIT;
-- next migration
CREATE TABLE whole (id int) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF whole FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF whole FOR VALUES IN (2);
CREATE TABLE p3 PARTITION OF whole FOR VALUES IN (3); CREATE TABLE p4 PARTITION OF whole FOR VALUES IN (4);
-- next migration
ALTER TABLE whole ADD COLUMN at date;
-- next migration
-- What was filled in this rollout is nobody's yet, but takes its time.
CREATE TABLE kept AS SELECT * FROM patient;
ALTER TABLE patient DROP COLUMN name;
CREATE INDEX kept_id ON kept (id);
