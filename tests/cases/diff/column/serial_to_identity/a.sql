-- rows: t
CREATE TABLE t (id serial PRIMARY KEY, other bigserial);
INSERT INTO t DEFAULT VALUES;
