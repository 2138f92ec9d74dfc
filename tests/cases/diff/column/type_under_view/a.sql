-- rows: t
CREATE TABLE t (id int PRIMARY KEY, amount int DEFAULT 0, note text);
INSERT INTO t VALUES (1, 5, 'x');
CREATE INDEX t_amount ON t (amount);
CREATE VIEW v AS SELECT id, amount FROM t WHERE amount > 1;
CREATE VIEW vv AS SELECT amount FROM v;
COMMENT ON VIEW vv IS 'of a view';
