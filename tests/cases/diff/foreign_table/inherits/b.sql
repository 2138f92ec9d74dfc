CREATE TABLE parent (a bigint, b text, d int DEFAULT 1);
CREATE FOREIGN TABLE child (c int) INHERITS (parent) SERVER far;
CREATE FOREIGN TABLE second (e int OPTIONS (o '1')) INHERITS (parent) SERVER near;
