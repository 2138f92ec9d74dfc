-- rows: t
CREATE TABLE t (a int, b text, c jsonb, d int[]);
CREATE INDEX i1 ON t (a);
CREATE INDEX i2 ON t (a) WHERE b IS NULL;
CREATE INDEX i3 ON t USING gin (c);
CREATE INDEX i4 ON t (b DESC);
CREATE INDEX i5 ON t (a) INCLUDE (b);
CREATE INDEX i6 ON t (a) WITH (fillfactor = 50);
CREATE INDEX i7 ON t USING brin (a) WITH (pages_per_range = 32);
COMMENT ON INDEX i1 IS 'one';
INSERT INTO t VALUES (1);
