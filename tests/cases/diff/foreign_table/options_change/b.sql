CREATE FOREIGN TABLE t (a int OPTIONS (y '3', z '4'), b int OPTIONS ("Q" 'q')) SERVER far OPTIONS (two '22', three '3');
CREATE FOREIGN TABLE u (a int) SERVER far OPTIONS (one 'it''s');
