CREATE TABLE parent (id int, extra int, CONSTRAINT small CHECK (id < 100));
CREATE TABLE child (id int, extra int, own int, CONSTRAINT small CHECK (id < 100));
ALTER TABLE child INHERIT parent;
