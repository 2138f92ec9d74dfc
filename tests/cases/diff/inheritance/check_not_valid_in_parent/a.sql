CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
