CREATE TABLE job (id int NOT NULL, kind text NOT NULL);
