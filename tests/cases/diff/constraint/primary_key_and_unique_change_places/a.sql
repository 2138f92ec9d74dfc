CREATE TABLE visit (a int NOT NULL, b int NOT NULL, CONSTRAINT one PRIMARY KEY (a), CONSTRAINT two UNIQUE (b));
INSERT INTO visit VALUES (1, 1);
-- rows: visit
