CREATE COLLATION k (provider = icu, locale = 'de');
CREATE TEXT SEARCH CONFIGURATION tk (PARSER = default);
CREATE TABLE t (a text COLLATE k, v tsvector GENERATED ALWAYS AS (to_tsvector('tk'::regconfig, 'x')) STORED);
CREATE INDEX i ON t (a COLLATE k);
CREATE PUBLICATION q FOR TABLE t;
