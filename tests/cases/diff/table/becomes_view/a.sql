CREATE TABLE base (id int);
CREATE TABLE thing (id int);
CREATE VIEW user_of_it AS SELECT id FROM thing;
