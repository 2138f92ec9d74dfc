CREATE TABLE base (id int PRIMARY KEY, name text NOT NULL, CONSTRAINT named CHECK (name <> ''));
CREATE TABLE other_base (name text, extra int DEFAULT 4);
CREATE TABLE child (own int, name text) INHERITS (base, other_base);
CREATE TABLE grandchild () INHERITS (child);
CREATE TABLE adopted (id int NOT NULL, name text NOT NULL, CONSTRAINT named CHECK (name <> ''));
ALTER TABLE adopted INHERIT base;
