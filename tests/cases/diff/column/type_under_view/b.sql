-- forbidden: DROP TABLE
-- forbidden: DROP COLUMN
CREATE TABLE t (id bigint PRIMARY KEY, amount numeric(10,2) DEFAULT 0, note text NOT NULL);
INSERT INTO t VALUES (1, 5, 'x');
CREATE INDEX t_amount ON t (amount);
CREATE VIEW v AS SELECT id, amount FROM t WHERE amount > 1;
CREATE VIEW vv AS SELECT amount FROM v;
COMMENT ON VIEW vv IS 'of a view';
