CREATE TABLE t (a text) WITH (fillfactor = 80, toast.vacuum_truncate = false, toast_tuple_target = 256);
CREATE TABLE u (a serial);
CREATE TABLE r (a int);
ALTER TABLE r REPLICA IDENTITY NOTHING;
ALTER TABLE r FORCE ROW LEVEL SECURITY;
