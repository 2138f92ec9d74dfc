CREATE TABLE maintained (id int);
GRANT MAINTAIN ON maintained TO pg_monitor;
