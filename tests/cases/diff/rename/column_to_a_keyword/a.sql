-- accept-rename: t.a=t."user"
-- forbidden: DROP
CREATE TABLE t (id int PRIMARY KEY, a text CHECK (a <> ''));
CREATE VIEW v AS SELECT id, a AS x FROM t WHERE a > 'b';
