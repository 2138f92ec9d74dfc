CREATE TYPE state AS ENUM ('new', 'old');
CREATE TABLE thing (id int PRIMARY KEY, state state NOT NULL DEFAULT 'new', history state[] DEFAULT '{new}');
CREATE TABLE other (id int REFERENCES thing, state state);
CREATE INDEX thing_old ON thing (id) WHERE state = 'old';
CREATE UNIQUE INDEX thing_state ON thing (state, id);
CREATE VIEW olds AS SELECT id, state FROM thing WHERE state = 'old';
CREATE VIEW older AS SELECT * FROM olds;
CREATE MATERIALIZED VIEW counted AS SELECT state, count(*) FROM thing GROUP BY state;
CREATE INDEX ON counted (state);
CREATE FUNCTION is_old(s state) RETURNS boolean LANGUAGE sql AS 'SELECT s = ''old''';
CREATE FUNCTION states() RETURNS SETOF state LANGUAGE sql AS 'SELECT state FROM thing';
CREATE FUNCTION atomic(s state) RETURNS boolean LANGUAGE sql RETURN s = 'old'::state;
ALTER TABLE thing ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON thing USING (state <> 'old');
COMMENT ON TYPE state IS 'How it is';
COMMENT ON VIEW olds IS 'The old ones';
-- forbidden: DROP COLUMN
-- forbidden: DROP TABLE
