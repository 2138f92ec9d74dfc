-- The rows of the server's catalogs that make up what hangs on these columns, by their versions: whoever changes one of
-- those objects writes one of these rows anew.
SELECT pg_catalog.md5(coalesce(pg_catalog.string_agg(line, ',' ORDER BY line), '')) FROM (
  SELECT pg_catalog.concat_ws(' ', d.classid, d.objid, d.objsubid, coalesce(
    (SELECT pg_catalog.concat_ws(' ', o.xmin, v.xmin) FROM pg_catalog.pg_rewrite o
     LEFT JOIN pg_catalog.pg_class v ON v.oid = o.ev_class WHERE d.classid = 2618 AND o.oid = d.objid),
    (SELECT o.xmin::text FROM pg_catalog.pg_class o WHERE d.classid = 1259 AND o.oid = d.objid),
    (SELECT o.xmin::text FROM pg_catalog.pg_constraint o WHERE d.classid = 2606 AND o.oid = d.objid),
    (SELECT o.xmin::text FROM pg_catalog.pg_trigger o WHERE d.classid = 2620 AND o.oid = d.objid),
    (SELECT o.xmin::text FROM pg_catalog.pg_policy o WHERE d.classid = 3256 AND o.oid = d.objid),
    (SELECT o.xmin::text FROM pg_catalog.pg_attrdef o WHERE d.classid = 2604 AND o.oid = d.objid),
    (SELECT o.xmin::text FROM pg_catalog.pg_proc o WHERE d.classid = 1255 AND o.oid = d.objid),
    (SELECT o.xmin::text FROM pg_catalog.pg_statistic_ext o WHERE d.classid = 3381 AND o.oid = d.objid),
    (SELECT o.xmin::text FROM pg_catalog.pg_publication_rel o WHERE d.classid = 6106 AND o.oid = d.objid))) AS line
  FROM (VALUES {columns}) AS c (relation, name)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.relation AND a.attname = c.name AND NOT a.attisdropped
  JOIN pg_catalog.pg_depend d ON d.refclassid = 1259 AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
) AS hangs
