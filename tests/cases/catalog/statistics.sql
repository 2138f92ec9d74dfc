CREATE SCHEMA other;
CREATE TABLE t (a int, b int, c text);
CREATE STATISTICS other.all_kinds ON a, b FROM t;
CREATE STATISTICS two_kinds (ndistinct, mcv) ON a, lower(c) FROM t;
CREATE STATISTICS dependent (dependencies) ON a, c FROM t;
ALTER STATISTICS two_kinds SET STATISTICS 300;
COMMENT ON STATISTICS two_kinds IS 'both';
ALTER STATISTICS two_kinds OWNER TO pg_monitor;
