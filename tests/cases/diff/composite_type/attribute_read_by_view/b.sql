CREATE TYPE pair AS (x int);
CREATE TABLE t (p pair);
CREATE VIEW v AS SELECT (p).x FROM t;
