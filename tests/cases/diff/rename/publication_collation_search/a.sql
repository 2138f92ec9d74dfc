-- accept-rename: publication:p=q
-- accept-rename: collation:c=k
-- accept-rename: text-search-configuration:tc=tk
-- forbidden: DROP
-- forbidden: CREATE
CREATE COLLATION c (provider = icu, locale = 'de');
CREATE TEXT SEARCH CONFIGURATION tc (PARSER = default);
CREATE TABLE t (a text COLLATE c, v tsvector GENERATED ALWAYS AS (to_tsvector('tc'::regconfig, 'x')) STORED);
CREATE INDEX i ON t (a COLLATE c);
CREATE PUBLICATION p FOR TABLE t;
