CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi, MULTIRANGE_TYPE_NAME = multispan);
CREATE TABLE t (id int, r span, m multispan);
INSERT INTO t (id, r) VALUES (1, '[1,2)');
-- forbidden: DROP COLUMN
