CREATE TABLE t (a int, b text, c int);
CREATE VIEW v AS SELECT b, a FROM t;
CREATE VIEW w AS SELECT a, b FROM v;
CREATE VIEW x AS SELECT a AS uno, b AS two, c FROM t;
COMMENT ON VIEW w IS 'w';
COMMENT ON COLUMN w.a IS 'column';
