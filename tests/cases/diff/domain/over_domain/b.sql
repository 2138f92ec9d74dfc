CREATE DOMAIN word AS varchar(20) CHECK (VALUE <> '');
CREATE DOMAIN short_word AS word CHECK (length(VALUE) < 6);
CREATE TABLE t (w short_word);
INSERT INTO t VALUES ('a');
-- forbidden: DROP COLUMN
