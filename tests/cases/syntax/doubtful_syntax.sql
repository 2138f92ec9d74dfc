-- oracle: skip (it is wrong on purpose)
SELECT FROM WHERE x;
SELEC 1;
CREATE TABLE t (a int,);
