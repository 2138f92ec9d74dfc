CREATE TABLE t (id int PRIMARY KEY, s varchar(10), n numeric, at timestamptz, j jsonb, list int[]);
CREATE TABLE u (id int PRIMARY KEY, t_id int REFERENCES t, v text);
CREATE VIEW v1 AS SELECT t.*, u.v FROM t LEFT JOIN u ON u.t_id = t.id AND u.v BETWEEN 'a' AND 'b' AND t.id > 0
    WHERE t.s IN ('a', 'b', 'c') AND EXISTS (SELECT 1 FROM u x WHERE x.t_id = t.id AND x.v IN ('q', t.s));
CREATE VIEW v2 AS SELECT s, count(*) FILTER (WHERE n > 0) AS c,
        sum(n) OVER (PARTITION BY s ORDER BY at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS w,
        array_agg(id ORDER BY id DESC) AS ids
    FROM t GROUP BY s, n, at HAVING count(*) > 1 ORDER BY 1 LIMIT 10;
CREATE VIEW v3 AS WITH RECURSIVE r(id, path) AS (
        SELECT id, ARRAY[id] FROM t
        UNION ALL SELECT u.id, path || u.id FROM r JOIN u ON u.t_id = r.id WHERE NOT u.id = ANY (path)
    ) SELECT * FROM r;
CREATE VIEW v4 AS SELECT j ->> 'a' AS a, (j -> 'b')::int AS b, list[1] AS one, list[1:2] AS slice,
        CASE s WHEN 'a' THEN 1 WHEN 'b' THEN 2 ELSE 3 END AS k, at AT TIME ZONE 'UTC' AS utc, s || 'x' AS sx
    FROM t;
CREATE VIEW v5 AS SELECT * FROM t UNION SELECT t.* FROM t EXCEPT ALL SELECT t.* FROM t;
CREATE VIEW v6 AS SELECT g.*, x.ord FROM generate_series(1, 10) g(n),
        LATERAL unnest(ARRAY['a', 'b']) WITH ORDINALITY AS x(val, ord) WHERE g.n IN (SELECT id FROM t);
