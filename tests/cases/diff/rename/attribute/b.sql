CREATE TYPE pair AS (first int, two text);
CREATE TABLE t (p pair);
CREATE VIEW v AS SELECT (t.p).first AS x FROM t;
