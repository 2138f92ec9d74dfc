-- rows: t
CREATE TABLE t (a int NOT NULL, b int, c text);
INSERT INTO t VALUES (1, 2, 'c');
