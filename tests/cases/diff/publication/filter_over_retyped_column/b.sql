CREATE TABLE a (id bigint PRIMARY KEY, x text);
CREATE PUBLICATION p FOR TABLE a WHERE (x <> 'secret');
-- forbidden: DROP TABLE "public"
