-- accept-rename: index:by_name=by_title
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE t (name text);
CREATE INDEX by_name ON t (name);
COMMENT ON INDEX by_name IS 'x';
