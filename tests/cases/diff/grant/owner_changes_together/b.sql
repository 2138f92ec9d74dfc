ALTER TABLE t OWNER TO diff_reader;
GRANT SELECT ON t TO diff_owner;
GRANT DELETE ON t TO diff_writer;
