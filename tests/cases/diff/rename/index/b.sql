CREATE TABLE t (name text);
CREATE INDEX by_title ON t (name);
COMMENT ON INDEX by_title IS 'x';
