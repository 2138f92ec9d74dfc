ALTER TABLE t ADD COLUMN c int;
GRANT SELECT (c) ON t TO diff_reader;
