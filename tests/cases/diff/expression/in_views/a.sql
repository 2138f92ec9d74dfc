CREATE TABLE t (id int PRIMARY KEY, s varchar(10), n numeric, at timestamptz, j jsonb, list int[]);
CREATE TABLE u (id int PRIMARY KEY, t_id int REFERENCES t, v text);
