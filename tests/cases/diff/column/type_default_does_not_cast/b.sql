-- forbidden: DROP COLUMN
CREATE TABLE t (id int, flag boolean DEFAULT true, amount int DEFAULT 0);
INSERT INTO t VALUES (1, false, 7);
