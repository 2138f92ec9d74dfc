\set ON_ERROR_STOP on
\i other.sql
\connect otherdb
\copy t FROM 'x.csv'
\echo hello; it's me
SELECT 'DROP TABLE ' || x FROM y \gexec
SELECT 1 \gset prefix_
\if :condition
SELECT 2;
\endif
\.
\dt
\! rm -rf x
\pset pager off
SELECT 3
\restrict mid
;
\
SELECT 4 \\ SELECT 5;
