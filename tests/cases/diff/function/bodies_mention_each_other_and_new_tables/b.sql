SET check_function_bodies = off;
CREATE FUNCTION a_even(n int) RETURNS boolean LANGUAGE sql AS 'SELECT CASE WHEN n = 0 THEN true ELSE z_odd(n - 1) END';
CREATE FUNCTION z_odd(n int) RETURNS boolean LANGUAGE sql AS 'SELECT CASE WHEN n = 0 THEN false ELSE a_even(n - 1) END';
CREATE TABLE zz (a int, v int);
CREATE FUNCTION a_count() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.zz';
CREATE FUNCTION a_row() RETURNS void LANGUAGE plpgsql AS 'DECLARE r zz%ROWTYPE; BEGIN END';
CREATE MATERIALIZED VIEW m AS SELECT a_count() AS n;
