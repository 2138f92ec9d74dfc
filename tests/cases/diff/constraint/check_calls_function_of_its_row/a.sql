CREATE TABLE booking (id int, status text);
CREATE FUNCTION is_fine(booking) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.id > 0';
ALTER TABLE booking ADD CONSTRAINT fine CHECK (is_fine(booking));
