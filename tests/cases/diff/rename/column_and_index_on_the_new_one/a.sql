-- accept-rename: t.a=t.b
-- rows: t
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE INDEX by_a ON t (a);
INSERT INTO t VALUES (1, 2);
