-- rows: t
CREATE TABLE t (a int CHECK (a > 0), b int, CONSTRAINT pair CHECK (a > b), CONSTRAINT c1 CHECK (b <> 5) NO INHERIT);
INSERT INTO t VALUES (5, 1);
