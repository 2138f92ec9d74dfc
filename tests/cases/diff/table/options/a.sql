CREATE TABLE t (a text) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
CREATE UNLOGGED TABLE u (a serial);
CREATE TABLE r (a int);
ALTER TABLE r REPLICA IDENTITY FULL;
ALTER TABLE r ENABLE ROW LEVEL SECURITY;
