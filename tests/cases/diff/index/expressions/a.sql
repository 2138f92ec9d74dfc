CREATE TABLE t (a text, b text);
CREATE INDEX one ON t (lower(a), (a || b) COLLATE "C", b text_pattern_ops DESC NULLS LAST);
CREATE UNIQUE INDEX nulls ON t (a);
