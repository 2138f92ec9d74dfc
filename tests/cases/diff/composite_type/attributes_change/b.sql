CREATE TYPE address AS (street text COLLATE "C", zip text, city text);
COMMENT ON TYPE address IS 'Where';
COMMENT ON COLUMN address.city IS 'The city';
