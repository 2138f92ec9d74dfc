CREATE TABLE parent (a int NOT NULL, b int);
CREATE TABLE child (CONSTRAINT own NOT NULL a, NOT NULL b) INHERITS (parent);
CREATE TABLE second (c int NOT NULL) INHERITS (parent);
