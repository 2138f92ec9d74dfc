ALTER TABLE t ADD COLUMN d int;
GRANT SELECT (d) ON t TO diff_reader;
GRANT UPDATE (a) ON t TO diff_reader;
