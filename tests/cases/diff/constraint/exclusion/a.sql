CREATE TABLE t (a int, during tsrange, EXCLUDE USING gist (during WITH &&));
