CREATE TABLE p (id int, during tsrange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE t (id int, during tsrange, UNIQUE (id, during WITHOUT OVERLAPS), FOREIGN KEY (id, PERIOD during) REFERENCES p (id, PERIOD during));
