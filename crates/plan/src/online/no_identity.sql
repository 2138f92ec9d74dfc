SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.oid IN (
  SELECT relid::oid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass({table}))
  UNION SELECT pg_catalog.to_regclass({table})::oid)
AND EXISTS (SELECT FROM pg_catalog.pg_publication b WHERE b.pubupdate AND c.relpersistence = 'p' AND (b.puballtables
  OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace s WHERE s.pnpubid = b.oid AND s.pnnspid = n.oid)
  OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = b.oid
    AND (r.prrelid = c.oid OR r.prrelid IN (SELECT relid::oid FROM pg_catalog.pg_partition_ancestors(c.oid))))))
AND (c.relreplident = 'n'
  OR c.relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid
    AND i.indisprimary AND i.indisvalid)
  OR c.relreplident = 'i' AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid
    AND i.indisreplident)
  -- A list of columns has to hold what identifies a row.
  OR EXISTS (SELECT FROM pg_catalog.pg_publication b JOIN pg_catalog.pg_publication_rel r ON r.prpubid = b.oid
    WHERE b.pubupdate AND r.prattrs IS NOT NULL
    AND (r.prrelid = c.oid OR r.prrelid IN (SELECT relid::oid FROM pg_catalog.pg_partition_ancestors(c.oid)))
    AND (c.relreplident = 'f' OR EXISTS (SELECT FROM pg_catalog.pg_index i, pg_catalog.unnest(i.indkey::int2[]) AS k
      WHERE i.indrelid = c.oid AND k <> ALL (r.prattrs::int2[])
      AND (c.relreplident = 'd' AND i.indisprimary OR c.relreplident = 'i' AND i.indisreplident))))
  -- And a condition on rows may ask for nothing else.
  OR c.relreplident <> 'f' AND EXISTS (SELECT FROM pg_catalog.pg_publication b
    JOIN pg_catalog.pg_publication_rel r ON r.prpubid = b.oid
    JOIN pg_catalog.pg_depend d ON d.classid = 6106 AND d.objid = r.oid AND d.refclassid = 1259
      AND d.refobjid = c.oid AND d.refobjsubid > 0
    WHERE b.pubupdate AND r.prrelid = c.oid AND r.prqual IS NOT NULL AND r.prattrs IS NULL
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid
      AND d.refobjsubid = ANY (i.indkey::int2[])
      AND (c.relreplident = 'd' AND i.indisprimary OR c.relreplident = 'i' AND i.indisreplident))))
LIMIT 1
