CREATE TABLE t (a int, s varchar(10), n numeric, at timestamptz, day date);
