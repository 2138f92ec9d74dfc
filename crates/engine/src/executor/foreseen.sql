-- What would go with relations ($1) or their columns ($2, where there are any), and how it stands. What depends on it
-- otherwise goes, too, where that is wanted ($3: CASCADE).
WITH RECURSIVE target (classid, objid, objsubid) AS (
  SELECT 1259::oid, pg_catalog.to_regclass(t)::oid, 0 FROM pg_catalog.unnest($1::text[]) t
  WHERE pg_catalog.cardinality($2::text[]) = 0
  UNION ALL
  SELECT 1259::oid, a.attrelid, a.attnum::int4 FROM pg_catalog.unnest($1::text[]) t
  JOIN pg_catalog.pg_attribute a ON a.attrelid = pg_catalog.to_regclass(t) AND NOT a.attisdropped
  WHERE a.attname = ANY ($2::text[])
), gone (classid, objid, objsubid) AS (
  SELECT classid, objid, objsubid FROM target
  UNION
  SELECT next.classid, next.objid, next.objsubid FROM gone g CROSS JOIN LATERAL (
    SELECT d.classid, d.objid, d.objsubid FROM pg_catalog.pg_depend d
    WHERE d.refclassid = g.classid AND d.refobjid = g.objid AND (g.objsubid = 0 OR d.refobjsubid = g.objsubid)
      AND (d.deptype IN ('a', 'i', 'P', 'S') OR $3 AND d.deptype = 'n')
    UNION ALL
    SELECT d.refclassid, d.refobjid, d.refobjsubid FROM pg_catalog.pg_depend d
    WHERE d.classid = g.classid AND d.objid = g.objid AND d.deptype = 'i'
  ) next
), relation (oid) AS (
  SELECT pg_catalog.to_regclass(t)::oid FROM pg_catalog.unnest($1::text[]) t
  UNION SELECT objid FROM gone WHERE classid = 1259
), version (row) AS (
  SELECT pg_catalog.concat_ws(' ', 'c', c.oid, c.xmin, c.relreplident)
  FROM pg_catalog.pg_class c WHERE c.oid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'a', a.attrelid, a.attnum, a.xmin)
  FROM pg_catalog.pg_attribute a WHERE a.attrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'd', d.oid, d.xmin)
  FROM pg_catalog.pg_attrdef d WHERE d.adrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'o', o.oid, o.xmin)
  FROM pg_catalog.pg_constraint o WHERE o.conrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'o', o.oid, o.xmin)
  FROM pg_catalog.pg_constraint o WHERE o.oid IN (SELECT objid FROM gone WHERE classid = 2606)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'i', i.indexrelid, i.xmin)
  FROM pg_catalog.pg_index i WHERE i.indrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 't', t.oid, t.xmin)
  FROM pg_catalog.pg_trigger t WHERE t.tgrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'p', p.oid, p.xmin)
  FROM pg_catalog.pg_policy p WHERE p.polrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'r', r.oid, r.xmin)
  FROM pg_catalog.pg_rewrite r WHERE r.ev_class IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'q', q.seqrelid, q.xmin)
  FROM pg_catalog.pg_sequence q WHERE q.seqrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 's', s.oid, s.xmin)
  FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'f', f.oid, f.xmin)
  FROM pg_catalog.pg_proc f WHERE f.oid IN (SELECT objid FROM gone WHERE classid = 1255)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'm', m.objoid, m.objsubid, m.xmin)
  FROM pg_catalog.pg_description m WHERE m.classoid = 1259 AND m.objoid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'h', h.inhrelid, h.inhparent, h.xmin)
  FROM pg_catalog.pg_inherits h WHERE h.inhrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT pg_catalog.concat_ws(' ', 'h', h.inhrelid, h.inhparent, h.xmin)
  FROM pg_catalog.pg_inherits h WHERE h.inhparent IN (SELECT oid FROM relation)
)
SELECT pg_catalog.array_agg(classid ORDER BY classid, objid, objsubid) AS classes,
       pg_catalog.array_agg(objid ORDER BY classid, objid, objsubid) AS objects,
       pg_catalog.array_agg(objsubid ORDER BY classid, objid, objsubid) AS parts,
       (SELECT pg_catalog.md5(pg_catalog.string_agg(row, ',' ORDER BY row)) FROM version) AS version,
       -- Where a table has parents or children, or rows go by an index, more changes than goes.
       NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h JOIN relation r ON r.oid IN (h.inhrelid, h.inhparent))
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN relation r ON r.oid = c.oid
                         WHERE c.relreplident = 'i') AS is_plain
FROM gone
