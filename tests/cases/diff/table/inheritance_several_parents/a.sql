CREATE TABLE p (a int);
CREATE TABLE q (a int, b int);
CREATE TABLE c () INHERITS (p, q);
