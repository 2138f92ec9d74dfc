CREATE TABLE whole (a int, b text, c varchar(30), d int NOT NULL DEFAULT 1, e uuid DEFAULT gen_random_uuid()) PARTITION BY HASH (a);
CREATE TABLE one PARTITION OF whole FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE two PARTITION OF whole FOR VALUES WITH (modulus 2, remainder 1);
