CREATE TABLE t (a int, s text) WITH (fillfactor = 60, toast.autovacuum_enabled = false);
