CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE person (id int, mood mood);
-- forbidden: DROP COLUMN
