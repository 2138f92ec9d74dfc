-- rows: t
CREATE TABLE t (a text, b text COLLATE "C", c text COLLATE "C" PRIMARY KEY);
CREATE INDEX t_a ON t (a);
CREATE VIEW v AS SELECT a, b FROM t;
INSERT INTO t VALUES ('a', 'b', 'c');
