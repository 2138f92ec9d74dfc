CREATE AGGREGATE pick(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA = true);
CREATE AGGREGATE msum(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = int, MINITCOND = '0');
CREATE AGGREGATE lowest(int) (SFUNC = int4smaller, STYPE = int, SORTOP = <);
COMMENT ON AGGREGATE pick(float8 ORDER BY anyelement) IS 'P';
