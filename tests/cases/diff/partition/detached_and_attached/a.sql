-- rows: one
-- rows: two
CREATE TABLE whole (a int NOT NULL, b text DEFAULT 'x' CHECK (b <> ''), PRIMARY KEY (a)) PARTITION BY RANGE (a);
CREATE INDEX whole_b_idx ON whole (b);
CREATE TABLE one PARTITION OF whole FOR VALUES FROM (0) TO (10);
CREATE TABLE two (a int NOT NULL PRIMARY KEY, b text DEFAULT 'x', CONSTRAINT whole_b_check CHECK (b <> ''));
CREATE INDEX two_b_idx ON two (b);
INSERT INTO one VALUES (1);
INSERT INTO two VALUES (11);
