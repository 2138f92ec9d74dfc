CREATE TABLE p (a int, x int);
CREATE TABLE q (a int);
CREATE TABLE c () INHERITS (p, q);
