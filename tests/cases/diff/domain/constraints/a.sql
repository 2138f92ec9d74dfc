CREATE DOMAIN email AS text CONSTRAINT has_at CHECK (VALUE LIKE '%@%') CONSTRAINT short CHECK (length(VALUE) < 100);
CREATE TABLE t (e email);
INSERT INTO t VALUES ('a@b');
-- rows: t
