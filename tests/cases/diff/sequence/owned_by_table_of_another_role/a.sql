-- role: reader
CREATE TABLE t (a int);
ALTER TABLE t OWNER TO reader;
CREATE TABLE u (a int);
