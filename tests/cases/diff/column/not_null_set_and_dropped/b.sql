CREATE TABLE t (a int, b int NOT NULL, c text NOT NULL);
INSERT INTO t VALUES (1, 2, 'c');
