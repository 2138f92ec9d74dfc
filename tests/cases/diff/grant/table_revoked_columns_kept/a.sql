GRANT SELECT, UPDATE ON t TO diff_reader;
GRANT SELECT (a) ON t TO diff_reader;
