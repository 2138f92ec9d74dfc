CREATE TABLE booking (id int, status text);
CREATE FUNCTION number(booking) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1.id';
CREATE INDEX numbers ON booking (number(booking));
