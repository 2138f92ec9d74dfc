CREATE TABLE t (id int PRIMARY KEY, b int, c int);
CREATE INDEX by_a ON t (c);
INSERT INTO t VALUES (1, 2, 3);
