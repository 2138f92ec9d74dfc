-- forbidden: DROP
CREATE TABLE t (a bigint, b text, c numeric(8,2), d timestamptz, e varchar(5), f bigint[], g bit varying(5));
INSERT INTO t VALUES (1, 'b', 1.5, now(), 'e', '{1}', B'101');
