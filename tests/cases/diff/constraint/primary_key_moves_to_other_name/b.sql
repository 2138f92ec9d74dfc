-- Of two constraints on the same columns, PostgreSQL makes one: the primary key with the other's name.
CREATE TABLE visit (age int NOT NULL, name text, PRIMARY KEY (age), CONSTRAINT only_one UNIQUE (age));
