CREATE TABLE t (a int NOT NULL, b int, CONSTRAINT a_not_null_proof CHECK (b > 1));
CREATE TABLE other (b int NOT NULL, CONSTRAINT b_not_null_proof CHECK (b > 2));
