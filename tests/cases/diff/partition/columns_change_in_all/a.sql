CREATE TABLE whole (a int, gone int, b text NOT NULL, c varchar(3)) PARTITION BY HASH (a);
CREATE TABLE one PARTITION OF whole FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE two PARTITION OF whole FOR VALUES WITH (modulus 2, remainder 1);
