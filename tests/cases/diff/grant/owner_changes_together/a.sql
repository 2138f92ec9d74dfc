ALTER TABLE t OWNER TO diff_owner;
GRANT SELECT ON t TO diff_reader;
GRANT UPDATE (a) ON t TO diff_reader;
GRANT INSERT ON t TO diff_writer;
