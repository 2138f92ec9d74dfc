-- accept-rename: pair.one=pair.first
-- forbidden: DROP
CREATE TYPE pair AS (one int, two text);
CREATE TABLE t (p pair);
CREATE VIEW v AS SELECT (t.p).one AS x FROM t;
