CREATE TABLE parent (id int DEFAULT 1, note text);
