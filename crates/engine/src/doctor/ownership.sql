-- The objects in some schemas that belong to others, at most five, and how many there are; one row of nulls where there
-- are none, and no row where the role does not exist. Reads the catalog's rows of these
-- schemas once; members of extensions and what belongs to a table anyway are left out.
-- $1 is the role, $2 the schemas, $3 the history schema.
WITH me AS (
    SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1
), space AS (
    SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY ($2) AND nspname <> $3
), object AS (
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class, c.oid, c.relowner AS owner,
           c.relkind = 'S' AS is_sequence
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace IN (SELECT oid FROM space) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typowner, false
    FROM pg_catalog.pg_type t
    WHERE t.typnamespace IN (SELECT oid FROM space) AND t.typtype IN ('e', 'd', 'r')
    UNION ALL
    SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, p.proowner, false
    FROM pg_catalog.pg_proc p
    WHERE p.pronamespace IN (SELECT oid FROM space)
), other AS (
    SELECT o.class, o.oid, o.owner, pg_catalog.pg_has_role(me.oid, o.owner, 'USAGE') AS may
    FROM object o CROSS JOIN me
    WHERE o.owner <> me.oid AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = o.class AND d.objid = o.oid AND d.objsubid = 0
          AND (d.deptype IN ('e', 'i') OR d.deptype = 'a' AND o.is_sequence)
    )
), few AS (
    SELECT class, oid, owner, may, count(*) FILTER (WHERE NOT may) OVER () AS barred, count(*) OVER () AS total
    FROM other ORDER BY may, class, oid LIMIT 5
)
SELECT i.type, i.identity, pg_catalog.pg_get_userbyid(f.owner)::text, f.may, f.barred, f.total
FROM me LEFT JOIN few f ON true LEFT JOIN LATERAL pg_catalog.pg_identify_object(f.class, f.oid, 0) i ON true
ORDER BY f.may, f.class, f.oid
