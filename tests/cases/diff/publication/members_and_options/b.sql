CREATE TABLE a (id int PRIMARY KEY, x int, y int);
CREATE TABLE b (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY);
CREATE SCHEMA s;
CREATE PUBLICATION p FOR TABLE a (id, x), c WHERE (id > 5) WITH (publish = 'insert, update', publish_via_partition_root = true);
CREATE PUBLICATION q FOR TABLES IN SCHEMA s;
COMMENT ON PUBLICATION q IS 'q';
