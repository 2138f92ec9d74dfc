CREATE COLLATION c (PROVIDER = icu, LOCALE = 'fr');
CREATE DOMAIN d AS text COLLATE c;
CREATE TABLE t (id int, a text COLLATE c DEFAULT 'x', b d, UNIQUE (a));
CREATE INDEX t_a ON t (a);
CREATE INDEX t_id ON t ((id::text COLLATE c));
CREATE VIEW v AS SELECT a COLLATE c AS a FROM t WHERE a > 'a';
-- forbidden: DROP COLUMN
-- forbidden: DROP TABLE
