CREATE TEXT SEARCH DICTIONARY stem (TEMPLATE = snowball, language = 'english', stopwords = 'english');
CREATE TEXT SEARCH CONFIGURATION conf (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR asciiword, word WITH stem;
CREATE TABLE t (a text, v tsvector GENERATED ALWAYS AS (to_tsvector('conf', a)) STORED);
