CREATE FUNCTION f(a int, OUT x int, OUT y text) LANGUAGE sql AS 'SELECT 1, ''a''';
CREATE FUNCTION g() RETURNS TABLE (a int, b text) LANGUAGE sql AS 'SELECT 1, ''a''';
