CREATE TABLE t (a int CHECK (a > 1), b int, CONSTRAINT pair CHECK (a > b AND b > 0), CONSTRAINT c1 CHECK (b <> 5));
INSERT INTO t VALUES (5, 1);
