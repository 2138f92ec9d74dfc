-- rows: t
CREATE TABLE t (id int PRIMARY KEY, other bigint);
INSERT INTO t VALUES (7, 8);
