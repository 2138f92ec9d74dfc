CREATE AGGREGATE gone(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int);
CREATE VIEW v AS SELECT total(x) AS t FROM (VALUES (1)) AS a(x);
COMMENT ON AGGREGATE total(int) IS 'T';
