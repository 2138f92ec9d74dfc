GRANT SELECT (a) ON t TO diff_reader;
