WITH wanted AS (
    SELECT place, pg_catalog.to_regclass(name) AS oid
    FROM pg_catalog.unnest(ARRAY[{names}]::text[]) WITH ORDINALITY w (name, place)
), sequence_of AS (
    -- Identity and serial columns own theirs; other defaults depend on one.
    SELECT d.refobjid AS relid, d.refobjsubid AS number, d.objid AS sequence
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 AND d.refobjid IN (SELECT oid FROM wanted)
    UNION
    SELECT f.adrelid, f.adnum, d.refobjid
    FROM pg_catalog.pg_attrdef f
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'n'
    JOIN pg_catalog.pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
    WHERE f.adrelid IN (SELECT oid FROM wanted)
)
SELECT c.oid, n.nspname, c.relname, c.relkind,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', a.attname,
        'data_type', pg_catalog.format_type(a.atttypid, a.atttypmod),
        'base', COALESCE(b.typname, t.typname),
        'category', COALESCE(b.typcategory, t.typcategory),
        -- Whether values can be equal and yet not the same: `citext`, `numeric`, collations that pass over case.
        'loose', NOT (COALESCE(b.typtype, t.typtype) = 'e' OR COALESCE(b.typnamespace, t.typnamespace) =
            'pg_catalog'::regnamespace AND COALESCE(b.typname, t.typname) IN ('bool', 'int2', 'int4', 'int8', 'oid',
            'uuid', 'bytea', 'name', 'char', 'date', 'time', 'timestamp', 'timestamptz', 'text', 'varchar'))
            OR EXISTS (SELECT FROM pg_catalog.pg_collation l
                WHERE l.oid = a.attcollation AND NOT l.collisdeterministic),
        'not_null', a.attnotnull OR t.typnotnull,
        'has_default', a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
        'identity_always', a.attidentity = 'a',
        'generated', a.attgenerated <> '',
        'sequences', COALESCE((SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'schema', sn.nspname, 'name', s.relname, 'increment', q.seqincrement, 'least', q.seqmin, 'most', q.seqmax))
            FROM sequence_of o JOIN pg_catalog.pg_class s ON s.oid = o.sequence
            JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
            JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid
            WHERE o.relid = c.oid AND o.number = a.attnum), '[]'::json)) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('primary', i.indisprimary, 'columns',
        (SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)
            FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY k (number, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
            WHERE k.place <= i.indnkeyatts)) ORDER BY i.indisprimary DESC, i.indexrelid)
        FROM pg_catalog.pg_index i
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL),
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', f.conname, 'to', f.confrelid::bigint,
        'deferrable', f.condeferrable,
        'columns', (SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)
            FROM pg_catalog.unnest(f.conkey) WITH ORDINALITY k (number, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number),
        'to_columns', (SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)
            FROM pg_catalog.unnest(f.confkey) WITH ORDINALITY k (number, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number)) ORDER BY f.conname)
        FROM pg_catalog.pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f')
FROM wanted w
LEFT JOIN pg_catalog.pg_class c ON c.oid = w.oid
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
ORDER BY w.place
