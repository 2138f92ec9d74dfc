CREATE TABLE t (id int PRIMARY KEY, z text, b text);
CREATE PUBLICATION p FOR TABLE t (id, z, b) WHERE (id > 3);
