SELECT {default}
FROM (SELECT pg_catalog.pg_typeof((SELECT v FROM (SELECT ({expression}) AS v) s WHERE false))::oid AS old,
        pg_catalog.to_regtype({type})::oid AS new) d
    JOIN pg_catalog.pg_type o ON o.oid = d.old JOIN pg_catalog.pg_type n ON n.oid = d.new
WHERE d.old <> d.new AND o.typtype IN ('b', 'e') AND n.typtype IN ('b', 'e')
    AND o.typcategory <> 'A' AND n.typcategory NOT IN ('A', 'S')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_cast c
        WHERE c.castsource = d.old AND c.casttarget = d.new AND c.castcontext IN ('a', 'i'))
