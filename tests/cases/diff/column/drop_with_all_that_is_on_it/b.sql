CREATE TABLE t (id int PRIMARY KEY, b int);
CREATE INDEX t_ab ON t (b);
CREATE TABLE child (a int);
