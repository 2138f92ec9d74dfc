-- accept-rename: t.a=t.b
-- accept-rename: t.b=t.a
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE t (id int PRIMARY KEY, a int, b text);
CREATE INDEX by_a ON t (a);
CREATE INDEX by_b ON t (b);
