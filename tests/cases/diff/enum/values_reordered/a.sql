CREATE TYPE size AS ENUM ('s', 'm', 'l');
CREATE TABLE shirt (id int, size size DEFAULT 'm');
CREATE INDEX ON shirt (size);
INSERT INTO shirt VALUES (1, 's'), (2, 'l');
-- rows: shirt
