CREATE SCHEMA code;
CREATE TABLE code.patient (id int, name text);
CREATE FUNCTION code.simple() RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION code.rich(a int, INOUT b text, VARIADIC c numeric[] DEFAULT '{1.5}', OUT d date)
  RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER LEAKPROOF PARALLEL SAFE COST 7.5 ROWS 30
  SET search_path = code, pg_temp SET work_mem = '8MB'
  AS $$BEGIN RETURN; END -- 🦆 'quoted' $x$ $$;
CREATE FUNCTION code.rich(text) RETURNS TABLE (x int, y code.patient) LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED
  AS 'SELECT 1, NULL::code.patient';
CREATE FUNCTION code.standard(p code.patient, n int DEFAULT 3) RETURNS text LANGUAGE sql
  RETURN (p).name || n;
CREATE FUNCTION code.atomic() RETURNS bigint LANGUAGE sql
  BEGIN ATOMIC SELECT count(*) FROM code.patient WHERE code.standard(patient, 1) IS NOT NULL; END;
CREATE FUNCTION code.windowed() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
CREATE FUNCTION code.helped(text) RETURNS int LANGUAGE internal STRICT IMMUTABLE SUPPORT pg_catalog.text_starts_with_support
  AS 'textlen';
CREATE FUNCTION code."Odd ""name"""("Arg 1" int) RETURNS int LANGUAGE sql AS 'SELECT $1';
COMMENT ON FUNCTION code.simple() IS 'nothing';
ALTER FUNCTION code.simple() OWNER TO pg_monitor;
REVOKE EXECUTE ON FUNCTION code.simple() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION code.rich(text) TO pg_monitor WITH GRANT OPTION;
CREATE PROCEDURE code.run(IN a int, INOUT b int, OUT c text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
  AS $$BEGIN b := a; END$$;
CREATE PROCEDURE code.insert_one(a int) LANGUAGE sql BEGIN ATOMIC INSERT INTO code.patient VALUES (a); END;
COMMENT ON PROCEDURE code.insert_one(int) IS 'one';
REVOKE ALL ON PROCEDURE code.insert_one(int) FROM PUBLIC;
CREATE FUNCTION code.in_c(text) RETURNS text LANGUAGE c STRICT AS '$libdir/dict_snowball', 'dsnowball_init';
CREATE AGGREGATE code.total(numeric) (SFUNC = numeric_add, STYPE = numeric, INITCOND = '0', COMBINEFUNC = numeric_add,
  SSPACE = 24, PARALLEL = SAFE);
CREATE FUNCTION code.final(internal, float8) RETURNS float8 LANGUAGE internal AS 'percentile_disc_final';
CREATE FUNCTION code.shrink(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 - $2';
CREATE FUNCTION code.polish(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE code.moving(numeric) (SFUNC = numeric_add, STYPE = numeric, FINALFUNC = code.polish, FINALFUNC_EXTRA,
  FINALFUNC_MODIFY = SHAREABLE, MSFUNC = numeric_add, MINVFUNC = code.shrink, MSTYPE = numeric, MSSPACE = 32,
  MFINALFUNC = code.polish, MFINALFUNC_EXTRA, MFINALFUNC_MODIFY = READ_WRITE, MINITCOND = '0');
CREATE AGGREGATE code.least_of(int) (SFUNC = int4smaller, STYPE = int, SORTOP = <);
CREATE AGGREGATE code.count_all(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
CREATE AGGREGATE code.avg_state(int8) (SFUNC = int8_avg_accum, STYPE = internal, COMBINEFUNC = int8_avg_combine,
  SERIALFUNC = int8_avg_serialize, DESERIALFUNC = int8_avg_deserialize, FINALFUNC = numeric_poly_avg);
CREATE AGGREGATE code.middle(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
  FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE code.place(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi,
  STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
COMMENT ON AGGREGATE code.total(numeric) IS 'all of it';
REVOKE EXECUTE ON FUNCTION code.total(numeric) FROM PUBLIC;
ALTER AGGREGATE code.total(numeric) OWNER TO pg_monitor;
