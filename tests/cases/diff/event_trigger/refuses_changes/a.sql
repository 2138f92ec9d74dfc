CREATE TABLE before (a int);
