CREATE TABLE a (id int PRIMARY KEY, x varchar(10));
CREATE PUBLICATION p FOR TABLE a WHERE (x <> 'secret');
