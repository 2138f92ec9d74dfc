CREATE TYPE k AS ENUM ('a', 'b');
CREATE TABLE p (k k PRIMARY KEY);
CREATE TABLE c (k k REFERENCES p);
INSERT INTO p VALUES ('a');
INSERT INTO c VALUES ('a');
-- rows: p
-- rows: c
