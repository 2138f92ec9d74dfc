CREATE TABLE invoice (id integer PRIMARY KEY, at timestamp NOT NULL);
-- up
ALTER TABLE invoice ALTER id TYPE bigint;
-- down
ALTER TABLE invoice ALTER id TYPE integer;
