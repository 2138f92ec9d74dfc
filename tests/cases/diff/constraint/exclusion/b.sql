CREATE TABLE t (a int, during tsrange, during2 tsrange, EXCLUDE USING gist (during WITH &&) WHERE (a > 1) DEFERRABLE, EXCLUDE USING gist (during2 WITH =));
