WITH relation AS (
    SELECT c.oid, c.relname, c.relnamespace, c.relkind, c.reltuples, c.relhassubclass
    FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass({name})
), key AS (
    SELECT i.indrelid, i.indkey::smallint[] AS columns
    FROM pg_catalog.pg_index i JOIN relation r ON r.oid = i.indrelid
    WHERE i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
        AND NOT EXISTS (
            SELECT FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY k (number, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
            WHERE k.place <= i.indnkeyatts AND NOT a.attnotnull)
    ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1
), key_column AS (
    SELECT k.place, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
    FROM key, pg_catalog.unnest(key.columns) WITH ORDINALITY k (number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = (SELECT indrelid FROM key) AND a.attnum = k.number
    WHERE k.place <= (SELECT indnkeyatts FROM pg_catalog.pg_index i WHERE i.indrelid = (SELECT indrelid FROM key)
        AND i.indkey::smallint[] = key.columns AND i.indisunique ORDER BY i.indisprimary DESC LIMIT 1)
)
SELECT r.oid, n.nspname, r.relname, r.relkind, r.reltuples,
    CASE WHEN r.relkind = 'p' THEN (SELECT pg_catalog.sum(pg_catalog.pg_relation_size(t.relid))::bigint
        FROM pg_catalog.pg_partition_tree(r.oid) t WHERE t.isleaf)
    WHEN r.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(r.oid)
    ELSE 0 END / pg_catalog.current_setting('block_size')::bigint,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(attname, type) ORDER BY place) FROM key_column),
    (SELECT pg_catalog.json_object_agg(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod))
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped),
    r.relhassubclass, pg_catalog.row_security_active(r.oid), current_user
FROM relation r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
