CREATE TYPE inner_one AS (a int, b text);
CREATE TYPE outer_one AS (i inner_one[], n int);
CREATE TABLE t (o outer_one);
