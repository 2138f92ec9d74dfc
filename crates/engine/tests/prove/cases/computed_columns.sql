CREATE TABLE invoice (id bigint PRIMARY KEY, net int NOT NULL, gross int GENERATED ALWAYS AS (net * 2) STORED);
-- up
ALTER TABLE invoice DROP gross;
-- down
ALTER TABLE invoice ADD gross int GENERATED ALWAYS AS (net * 2) STORED;
