CREATE TABLE whole (a int NOT NULL, b text DEFAULT 'x' CHECK (b <> ''), PRIMARY KEY (a)) PARTITION BY RANGE (a);
CREATE INDEX whole_b_idx ON whole (b);
CREATE TABLE one (a int NOT NULL PRIMARY KEY, b text DEFAULT 'x', CONSTRAINT whole_b_check CHECK (b <> ''));
CREATE INDEX one_b_idx ON one (b);
CREATE TABLE two PARTITION OF whole FOR VALUES FROM (10) TO (20);
INSERT INTO one VALUES (1);
INSERT INTO two VALUES (11);
