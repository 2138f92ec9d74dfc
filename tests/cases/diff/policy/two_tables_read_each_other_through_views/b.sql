CREATE TABLE three (a int);
