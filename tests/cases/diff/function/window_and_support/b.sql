CREATE FUNCTION my_rank() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_rank';
CREATE FUNCTION my_len(text) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'textlen';
