-- accept-rename: v.a=v.b
-- forbidden: DROP
CREATE VIEW v AS SELECT 1 AS a, 2 AS c;
CREATE VIEW w AS SELECT a AS x FROM v;
