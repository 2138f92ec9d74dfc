CREATE COLLATION came (PROVIDER = icu, LOCALE = 'de-u-co-phonebk', DETERMINISTIC = false);
CREATE TABLE t2 (a text COLLATE came);
COMMENT ON COLLATION came IS 'c';
