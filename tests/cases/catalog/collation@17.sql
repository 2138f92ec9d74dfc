CREATE COLLATION built_in (PROVIDER = builtin, LOCALE = 'C.UTF-8');
