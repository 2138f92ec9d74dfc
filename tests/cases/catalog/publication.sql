CREATE SCHEMA clinic;
CREATE TABLE clinic.visit (id int PRIMARY KEY, body text, secret text);
CREATE TABLE note (id int PRIMARY KEY);
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, truncate', publish_via_partition_root);
CREATE PUBLICATION partial FOR TABLE clinic.visit (id, body) WHERE (id > 5), TABLE note;
CREATE PUBLICATION by_schema FOR TABLES IN SCHEMA clinic, TABLE note;
CREATE PUBLICATION empty WITH (publish = '');
COMMENT ON PUBLICATION partial IS 'not all';
