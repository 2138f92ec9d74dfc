CREATE TABLE one (id int PRIMARY KEY, other int);
CREATE TABLE two (id int PRIMARY KEY, other int REFERENCES one);
ALTER TABLE one ADD FOREIGN KEY (other) REFERENCES two;
