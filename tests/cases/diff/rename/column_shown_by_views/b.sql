CREATE TABLE patient (id int PRIMARY KEY, name text);
CREATE VIEW one AS SELECT id, name FROM patient;
CREATE VIEW two AS SELECT id, name FROM one WHERE name <> '';
CREATE MATERIALIZED VIEW three AS SELECT name, count(*) AS many FROM two GROUP BY name;
CREATE UNIQUE INDEX three_key ON three (name);
COMMENT ON COLUMN one.name IS 'shown';
