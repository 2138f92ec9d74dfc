CREATE DOMAIN gone AS int CHECK (VALUE > 0);
CREATE TABLE t (id int, a gone);
INSERT INTO t VALUES (1, 2);
-- rows: t
