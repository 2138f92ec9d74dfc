CREATE FUNCTION f(a int, OUT x int, OUT z text) LANGUAGE sql AS 'SELECT 1, ''a''';
CREATE FUNCTION g() RETURNS TABLE (a int, b text, c date) LANGUAGE sql AS 'SELECT 1, ''a'', now()::date';
