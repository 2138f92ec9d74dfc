CREATE TABLE a (id int PRIMARY KEY, x int, y int);
CREATE PUBLICATION p FOR TABLE a (id, x);
