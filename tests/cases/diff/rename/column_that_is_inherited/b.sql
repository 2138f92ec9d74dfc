CREATE TABLE base (b int NOT NULL, CHECK (b > 0));
CREATE TABLE child (x int) INHERITS (base);
CREATE TABLE grandchild () INHERITS (child);
CREATE INDEX child_index ON child (b, x);
