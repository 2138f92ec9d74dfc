CREATE TABLE visit (age int NOT NULL, name text, PRIMARY KEY (age), CONSTRAINT only_one UNIQUE (name));
