CREATE DOMAIN qty AS int DEFAULT 1 NOT NULL;
CREATE TABLE t (id int, q qty);
-- forbidden: DROP DOMAIN
