CREATE TABLE t (a int, b int, CONSTRAINT a_not_null_proof CHECK (b > 1));
CREATE TABLE other (b int, CONSTRAINT b_not_null_proof CHECK (b > 1));
