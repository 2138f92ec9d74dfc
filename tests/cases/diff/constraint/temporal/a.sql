CREATE TABLE p (id int, during tsrange);
CREATE TABLE t (id int, during tsrange);
