CREATE TABLE parent (id int, other int, CONSTRAINT small CHECK (id < 100));
CREATE TABLE child (id int, own int);
