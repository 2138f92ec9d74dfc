GRANT SELECT (a, b), REFERENCES (id) ON t TO diff_reader;
GRANT UPDATE (a) ON t TO diff_writer WITH GRANT OPTION;
