CREATE DOMAIN qty AS int;
CREATE TABLE t (id int, q qty);
INSERT INTO t VALUES (1, 1);
-- rows: t
