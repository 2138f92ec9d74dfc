-- not-twice: a role that hands on privileges loses the right to
GRANT SELECT ON t TO diff_reader WITH GRANT OPTION;
SET ROLE diff_reader;
GRANT SELECT ON t TO diff_writer;
RESET ROLE;
