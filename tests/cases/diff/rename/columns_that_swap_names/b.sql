CREATE TABLE t (id int PRIMARY KEY, b int, a text);
CREATE INDEX by_a ON t (b);
CREATE INDEX by_b ON t (a);
