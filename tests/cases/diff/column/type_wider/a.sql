-- rows: t
CREATE TABLE t (a int, b varchar(10), c numeric(5,2), d timestamp, e char(3), f int[], g bit(3));
INSERT INTO t VALUES (1, 'b', 1.5, now(), 'e', '{1}', B'101');
