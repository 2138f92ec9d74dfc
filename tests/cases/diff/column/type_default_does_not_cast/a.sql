-- rows: t
CREATE TABLE t (id int, flag text DEFAULT 'true', amount varchar DEFAULT '0');
INSERT INTO t VALUES (1, 'false', '7');
