-- oracle: skip (a statement a line, without semicolons)
-- Statements of the kinds that migrations are made of, and some that are unusual; one a line.
CREATE TABLE visit (id bigint PRIMARY KEY, n numeric(6, 2) DEFAULT -1.5, at timestamptz(3) NOT NULL, CHECK (n > 0))
CREATE TABLE p PARTITION OF visit (id, n DEFAULT 1) FOR VALUES FROM (MINVALUE) TO (10)
CREATE TABLE IF NOT EXISTS a.b (LIKE visit INCLUDING ALL, tags text[] DEFAULT '{}', EXCLUDE USING gist (r WITH &&))
ALTER TABLE visit ADD COLUMN x varchar(20) COLLATE "C", DROP COLUMN y CASCADE, ALTER z TYPE int USING z::int
ALTER TABLE ONLY a.visit ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES c (d, e) ON DELETE CASCADE NOT VALID
ALTER TABLE visit ALTER a SET STORAGE external, ALTER b SET DEFAULT coalesce(now(), 'today' 'x')
CREATE UNIQUE INDEX CONCURRENTLY i ON visit USING btree (lower(a) DESC, b) INCLUDE (c) WHERE d IS NULL
CREATE INDEX ON t ((a || b)) WHERE a IN (1, 2) AND b = ANY (ARRAY[1, 2])
INSERT INTO t (a, b) VALUES (1, 'x'), (2, E'\n') ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING a
INSERT INTO t SELECT DISTINCT ON (a) * FROM left_t JOIN r USING (a) WHERE a BETWEEN 1 AND 2
SELECT a.b, (SELECT 1) FROM a JOIN b ON a.c = b.c LEFT JOIN (d JOIN e USING (f)) ON true WHERE EXISTS (SELECT 1)
UPDATE t SET a = 1, b = lower(c) FROM u WHERE t.d = u.d
UPDATE t SET (a, b) = (1, 2), c = DEFAULT WHERE d = 'x'
CREATE VIEW v AS SELECT a, count(*) FILTER (WHERE b) OVER (PARTITION BY c) FROM t GROUP BY 1
CREATE FUNCTION f(a int DEFAULT 1, OUT b text) RETURNS text LANGUAGE sql AS $$ SELECT 1 $$
CREATE TRIGGER t BEFORE UPDATE OF a ON visit FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a) EXECUTE FUNCTION f()
CREATE POLICY p ON visit FOR SELECT TO reader USING (owner = current_setting('a.b'))
CREATE TYPE mood AS ENUM ('ok', 'sad')
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad' AFTER 'ok'
CREATE DOMAIN d AS text CHECK (VALUE ~ '^a')
COMMENT ON COLUMN visit.a IS U&'d\0061t'
GRANT SELECT, INSERT (a) ON visit TO reader, PUBLIC WITH GRANT OPTION
SET search_path TO a, b
DO $$ BEGIN PERFORM 1; END $$
ALTER TABLE visit ATTACH PARTITION p FOR VALUES WITH (MODULUS 4, REMAINDER 0)
SELECT left('a', 1), CAST(a AS numeric(1)), interval '1 day', b::char(3), U&"d\0061t" FROM t
DROP TABLE IF EXISTS a, b.c CASCADE
REFRESH MATERIALIZED VIEW CONCURRENTLY v
CREATE SEQUENCE s AS int INCREMENT BY 2 OWNED BY t.a
