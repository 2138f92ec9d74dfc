CREATE TABLE job (id int NOT NULL);
