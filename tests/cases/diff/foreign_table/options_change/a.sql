-- forbidden: DROP FOREIGN TABLE
CREATE FOREIGN TABLE t (a int OPTIONS (x '1', y '2'), b int) SERVER far OPTIONS (one '1', two '2');
CREATE FOREIGN TABLE u (a int) SERVER far;
