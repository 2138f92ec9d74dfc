CREATE TABLE t (a int, b serial);
ALTER TABLE t OWNER TO reader;
CREATE TABLE u (a int, b serial);
ALTER TABLE u OWNER TO reader;
