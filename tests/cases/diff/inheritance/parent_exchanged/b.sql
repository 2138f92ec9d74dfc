CREATE TABLE first (id int, f int);
CREATE TABLE second (id int, s int);
CREATE TABLE child (id int, f int, s int);
ALTER TABLE child INHERIT second;
INSERT INTO child VALUES (1, 2, 3);
