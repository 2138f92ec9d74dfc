CREATE TYPE mood AS ENUM ('good', 'fine', 'bad');
CREATE TABLE visit (id bigint PRIMARY KEY, mood mood NOT NULL);
-- up
UPDATE visit SET mood = 'good' WHERE mood = 'fine';
-- down
SELECT 1;
