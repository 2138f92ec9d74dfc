CREATE TABLE t (
    a int, s varchar(10) DEFAULT 'x', n numeric DEFAULT 0,
    at timestamptz DEFAULT (now() AT TIME ZONE 'utc'),
    day date DEFAULT (current_date - interval '1 day'),
    CHECK (s::varchar(5) = 'abc'),
    CHECK (s LIKE 'a%' AND s ~ '^x' AND s NOT LIKE 'b%'),
    CHECK (a IN (1, 2, 3) OR n IN (1.5, 2)),
    CHECK (char_length(s) > 0 AND length(trim(both ' ' FROM s)) < 5),
    CHECK (extract(year FROM day) > 2000),
    CHECK ((s = 'a') IS NOT TRUE),
    CHECK (CASE WHEN a = 1 THEN s = 'x' ELSE true END),
    CHECK (coalesce(s, 'q') <> upper(s)),
    CHECK (day BETWEEN '2020-01-01' AND '2030-01-01' AND a BETWEEN 1 AND 2),
    CHECK (s SIMILAR TO 'ab%'),
    CHECK (n::int % 2 = 0 AND -a < +3)
);
