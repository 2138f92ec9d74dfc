CREATE TABLE t (a int, b text);
CREATE VIEW v WITH (security_barrier) AS SELECT a FROM t;
CREATE VIEW u AS SELECT a, b FROM t WHERE a > 1;
CREATE VIEW o WITH (security_invoker = true) AS SELECT a FROM v;
