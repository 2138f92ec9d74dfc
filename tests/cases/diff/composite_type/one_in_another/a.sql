CREATE TYPE inner_one AS (a int);
CREATE TYPE outer_one AS (i inner_one, n int);
CREATE TABLE t (o outer_one);
