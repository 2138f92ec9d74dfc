SELECT pg_catalog.string_agg('subscription ' || pg_catalog.quote_ident(s.subname), ', ' ORDER BY s.subname)
FROM pg_catalog.pg_subscription s
WHERE s.subenabled AND EXISTS (SELECT FROM pg_catalog.pg_subscription_rel r WHERE r.srsubid = s.oid AND r.srrelid IN (
  SELECT relid::oid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass({table}))
  UNION SELECT pg_catalog.to_regclass({table})::oid))
HAVING pg_catalog.count(*) > 0
