-- accept-rename: t.a=t.z
-- forbidden: DROP
CREATE TABLE t (id int PRIMARY KEY, a text, b text);
CREATE PUBLICATION p FOR TABLE t (id, a, b) WHERE (id > 3);
