CREATE TABLE t (id int NOT NULL, uid uuid DEFAULT gen_random_uuid() PRIMARY KEY);
INSERT INTO t VALUES (1);
