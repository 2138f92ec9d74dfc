-- rows: t
CREATE TABLE t (id int PRIMARY KEY, gone text, "Also Gone" int);
INSERT INTO t VALUES (1, 'x', 2);
