CREATE DOMAIN email AS text CONSTRAINT has_at CHECK (VALUE LIKE '_%@_%') CONSTRAINT lower_case CHECK (VALUE = lower(VALUE));
CREATE TABLE t (e email);
COMMENT ON CONSTRAINT lower_case ON DOMAIN email IS 'Small letters';
INSERT INTO t VALUES ('a@b');
