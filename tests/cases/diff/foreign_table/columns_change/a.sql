-- forbidden: DROP FOREIGN TABLE
CREATE FOREIGN TABLE t (a int, gone text, b varchar(5) DEFAULT 'x', c int NOT NULL, d int) SERVER far;
CREATE VIEW v AS SELECT a, b FROM t;
