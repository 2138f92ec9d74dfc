-- The relations of every case; `{partitioning}` is empty or makes `subject` a partitioned table.
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE referenced (id bigint PRIMARY KEY, label text);
INSERT INTO referenced SELECT g, 'label' FROM generate_series(1, 1000) g;
CREATE TABLE other (id bigint PRIMARY KEY, label text);
INSERT INTO other SELECT g, 'label' FROM generate_series(1, 1000) g;
CREATE TABLE subject (
  id bigint PRIMARY KEY,
  number int,
  name varchar(20),
  body text,
  amount numeric(10, 2),
  flag boolean NOT NULL DEFAULT false,
  flagged bigint NOT NULL DEFAULT 0,
  referenced_id bigint REFERENCES referenced,
  other_id bigint,
  seen text
){partitioning};
{partition}
INSERT INTO subject
  SELECT g, g, 'name', repeat('body', 20), g, false, g, g, g, 'seen' FROM generate_series(1, 1000) g;
CREATE INDEX the_index ON subject (amount, id);
CREATE TABLE referencing (id bigint PRIMARY KEY, subject_id bigint REFERENCES subject);
INSERT INTO referencing SELECT g, g FROM generate_series(1, 1000) g;
CREATE VIEW viewing AS SELECT seen FROM subject;
ANALYZE referenced, other, subject, referencing;
