CREATE TABLE visit (id int NOT NULL, at date NOT NULL);
CREATE VIEW v AS SELECT id FROM visit;
