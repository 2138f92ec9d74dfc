CREATE TABLE t ("a column whose name is as long as a name can be, 63 bytes, wow" int NOT NULL);
