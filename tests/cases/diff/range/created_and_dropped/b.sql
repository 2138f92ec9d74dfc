CREATE TYPE text_range AS RANGE (SUBTYPE = text, COLLATION = "C", MULTIRANGE_TYPE_NAME = many_texts);
CREATE TABLE t2 (r text_range, m many_texts);
