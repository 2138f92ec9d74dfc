CREATE TABLE patient (id text PRIMARY KEY, name text NOT NULL UNIQUE);
-- up
UPDATE patient SET id = 'pat_' || md5(id);
-- down
UPDATE patient SET id = substr(id, 5);
