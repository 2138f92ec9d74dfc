CREATE TABLE t (id int, code int);
CREATE INDEX t_code ON t (code);
INSERT INTO t VALUES (1, '5');
