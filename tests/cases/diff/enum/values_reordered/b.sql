CREATE TYPE size AS ENUM ('l', 'm', 's');
CREATE TABLE shirt (id int, size size DEFAULT 'm');
CREATE INDEX ON shirt (size);
-- forbidden: DROP COLUMN
-- forbidden: DROP TABLE
