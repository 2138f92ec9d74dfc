-- accept-rename: base.a=base.b
-- forbidden: DROP
CREATE TABLE base (a int NOT NULL, CHECK (a > 0));
CREATE TABLE child (x int) INHERITS (base);
CREATE TABLE grandchild () INHERITS (child);
CREATE INDEX child_index ON child (a, x);
