-- rows: t
CREATE TABLE t (id int, code text);
CREATE INDEX t_code ON t (code text_pattern_ops);
INSERT INTO t VALUES (1, '5');
