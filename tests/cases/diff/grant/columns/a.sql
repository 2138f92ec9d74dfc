GRANT SELECT (a), UPDATE (b) ON t TO diff_reader;
GRANT SELECT (a, b) ON t TO PUBLIC;
