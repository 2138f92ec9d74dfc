CREATE TABLE base (id int);
CREATE VIEW thing AS SELECT id FROM base;
CREATE VIEW user_of_it AS SELECT id FROM thing;
