CREATE TABLE t (id int PRIMARY KEY, b int, x int);
CREATE INDEX by_a ON t (x);
CREATE INDEX by_b ON t (b);
INSERT INTO t VALUES (1, 2);
