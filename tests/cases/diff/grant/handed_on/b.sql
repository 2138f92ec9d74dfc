GRANT SELECT ON t TO diff_writer;
