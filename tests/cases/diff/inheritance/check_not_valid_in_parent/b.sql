CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
ALTER TABLE child ADD CONSTRAINT positive CHECK (a > 0);
ALTER TABLE parent ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
