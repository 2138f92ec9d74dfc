CREATE TABLE parent (a int, b text);
CREATE FOREIGN TABLE child (c int) INHERITS (parent) SERVER far;
