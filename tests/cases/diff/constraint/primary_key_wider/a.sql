CREATE TABLE t (tenant int NOT NULL, id int, note text, PRIMARY KEY (id));
