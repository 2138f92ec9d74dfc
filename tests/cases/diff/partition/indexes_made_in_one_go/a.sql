CREATE TABLE whole (a int, b text, c text) PARTITION BY RANGE (a);
CREATE TABLE one PARTITION OF whole FOR VALUES FROM (0) TO (10);
CREATE INDEX gone ON whole (c);
CREATE INDEX changed ON whole (b);
