-- forbidden: DROP TABLE
CREATE TABLE t (id int PRIMARY KEY, name text DEFAULT 'none' NOT NULL, "Upper Case" varchar(20), seen timestamptz DEFAULT now());
INSERT INTO t VALUES (1);
