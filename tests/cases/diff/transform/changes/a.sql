CREATE FUNCTION i(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'varchar_support';
CREATE FUNCTION o(internal) RETURNS int LANGUAGE internal IMMUTABLE AS 'int4recv';
CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION i(internal));
