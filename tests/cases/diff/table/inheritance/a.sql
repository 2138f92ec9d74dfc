CREATE TABLE p (a int NOT NULL, b text DEFAULT 'x', CHECK (a > 0));
CREATE TABLE c1 (c int) INHERITS (p);
CREATE TABLE c2 (c int) INHERITS (p);
