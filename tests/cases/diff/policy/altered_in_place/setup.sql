-- role: diff_reader
-- role: diff_writer
-- role: diff_owner
-- role: "Diff Odd"
CREATE TABLE t (id int PRIMARY KEY, a int, b text);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
