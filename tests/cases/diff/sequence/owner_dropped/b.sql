CREATE TABLE t (b int);
CREATE SEQUENCE t_a_seq AS int OWNED BY t.b;
CREATE SEQUENCE u_a_seq AS int;
