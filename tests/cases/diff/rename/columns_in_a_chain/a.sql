-- accept-rename: t.a=t.b
-- accept-rename: t.b=t.c
-- forbidden: DROP
CREATE TABLE t (id int PRIMARY KEY, a int, b text);
