-- Which of these objects are still there. Whatever is made has a row in pg_depend, at least for its schema.
SELECT g.at FROM ROWS FROM (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::oid[]), pg_catalog.unnest($3::int4[]))
  WITH ORDINALITY AS g (classid, objid, objsubid, at)
WHERE CASE WHEN g.objsubid = 0
  THEN EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = g.classid AND d.objid = g.objid)
  ELSE EXISTS (SELECT FROM pg_catalog.pg_attribute a
               WHERE a.attrelid = g.objid AND a.attnum = g.objsubid AND NOT a.attisdropped) END
ORDER BY g.at
