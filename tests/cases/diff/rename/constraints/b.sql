CREATE DOMAIN d AS text CONSTRAINT brief CHECK (length(VALUE) < 9);
CREATE TABLE t (id int CONSTRAINT t_key PRIMARY KEY, n int CONSTRAINT not_negative CHECK (n > 0), x d);
CREATE TABLE u (t int REFERENCES t);
