CREATE TABLE visit (id bigint PRIMARY KEY, note text);
CREATE VIEW open_visit AS SELECT id FROM visit;
CREATE TYPE mood AS ENUM ('glad');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
-- next migration
ALTER TABLE visit RENAME note TO remark;
ALTER TABLE visit RENAME CONSTRAINT a TO b;
ALTER VIEW open_visit RENAME TO open_visits;
ALTER TABLE "Order" RENAME COLUMN "placedAt" TO placed_at;
ALTER TYPE mood RENAME VALUE 'glad' TO 'happy';
ALTER TYPE mood RENAME TO feeling;
ALTER FUNCTION touch() RENAME TO touched;
ALTER FUNCTION next_visit(bigint) RENAME TO coming_visit;
ALTER SCHEMA clinic RENAME TO practice;
ALTER TABLE ward SET SCHEMA practice;
ALTER FUNCTION next_visit(bigint) SET SCHEMA practice;
ALTER TABLE diary RENAME TO journal;
ALTER TABLE journal RENAME COLUMN day TO at;
-- next migration
-- old and new name both work
ALTER TABLE ward RENAME TO department;
CREATE VIEW ward AS SELECT * FROM department;
ALTER TABLE department RENAME COLUMN nr TO number;
ALTER TABLE visit RENAME COLUMN remark TO comment;
ALTER TABLE visit ADD COLUMN remark text GENERATED ALWAYS AS (comment) STORED;
-- a table is exchanged
CREATE TABLE room_new (id bigint);
ALTER TABLE room RENAME TO room_old;
ALTER TABLE room_new RENAME TO room;
-- a table is dropped under another name
ALTER TABLE bed RENAME TO bed_gone;
DROP TABLE bed_gone;
-- what is new has no users
CREATE TABLE brand (id bigint, a text);
ALTER TABLE brand RENAME COLUMN a TO b;
ALTER TABLE brand RENAME TO make;
ALTER TABLE visit ADD COLUMN draft text;
ALTER TABLE visit RENAME COLUMN draft TO sketch;
