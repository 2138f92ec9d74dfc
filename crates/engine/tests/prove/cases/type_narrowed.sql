CREATE TABLE invoice (id bigint PRIMARY KEY, amount numeric(10,2) NOT NULL, tax numeric(10,2));
-- up
ALTER TABLE invoice ALTER amount TYPE integer;
-- down
ALTER TABLE invoice ALTER amount TYPE numeric(10,2);
