-- rows: t
CREATE TABLE t (id int PRIMARY KEY, uid uuid NOT NULL DEFAULT gen_random_uuid());
INSERT INTO t VALUES (1);
