CREATE TABLE kind (name text NOT NULL);
-- up
ALTER TABLE kind ADD weight int NOT NULL;
-- down
ALTER TABLE kind DROP weight;
