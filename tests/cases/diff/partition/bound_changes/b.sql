CREATE TABLE whole (a int, b text) PARTITION BY RANGE (a);
CREATE INDEX whole_a_idx ON whole (a);
CREATE TABLE one PARTITION OF whole FOR VALUES FROM (0) TO (20);
INSERT INTO whole VALUES (5, 'x');
