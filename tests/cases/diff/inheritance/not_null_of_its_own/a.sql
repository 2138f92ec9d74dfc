-- since: 18
CREATE TABLE parent (a int NOT NULL, b int);
