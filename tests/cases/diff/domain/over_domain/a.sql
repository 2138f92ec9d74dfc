CREATE DOMAIN word AS text CHECK (VALUE <> '');
CREATE DOMAIN short_word AS word CHECK (length(VALUE) < 5);
CREATE TABLE t (w short_word);
INSERT INTO t VALUES ('a');
-- rows: t
