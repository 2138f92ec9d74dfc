CREATE TABLE whole (a int, b text, c text) PARTITION BY RANGE (a);
CREATE TABLE one PARTITION OF whole FOR VALUES FROM (0) TO (10);
CREATE INDEX changed ON whole (b) WITH (fillfactor = 70);
CREATE INDEX renamed ON whole (lower(b), (a + 1)) INCLUDE (c);
CREATE UNIQUE INDEX alone ON whole (a, c);
CREATE TABLE fresh (a int, b text) PARTITION BY LIST (a);
CREATE TABLE fresh_one PARTITION OF fresh FOR VALUES IN (1);
CREATE INDEX ON fresh (b, a DESC);
