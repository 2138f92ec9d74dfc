-- accept-rename: t.t_pkey=t.t_key
-- accept-rename: t.positive=t.not_negative
-- accept-rename: domain-constraint:d.short=d.brief
-- forbidden: DROP
-- forbidden: ADD
CREATE DOMAIN d AS text CONSTRAINT short CHECK (length(VALUE) < 9);
CREATE TABLE t (id int PRIMARY KEY, n int CONSTRAINT positive CHECK (n > 0), x d);
CREATE TABLE u (t int REFERENCES t);
