CREATE TABLE patient (id int PRIMARY KEY, name text);
