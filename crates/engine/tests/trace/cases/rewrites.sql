CREATE TABLE a (id int PRIMARY KEY, amount int, name text);
CREATE INDEX a_name ON a (name);
CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a);
CREATE TABLE c (id int PRIMARY KEY, name varchar(10));
CREATE TABLE d (id int PRIMARY KEY);
CREATE TABLE e (id int PRIMARY KEY, body text);
-- traced
ALTER TABLE a ALTER COLUMN amount TYPE numeric;
ALTER TABLE c ALTER COLUMN name TYPE text;
ALTER TABLE c ADD COLUMN token uuid DEFAULT gen_random_uuid();
ALTER TABLE e SET UNLOGGED;
TRUNCATE d;
ALTER TABLE b ALTER COLUMN a_id TYPE bigint;
