CREATE TABLE t (a serial, b int);
CREATE TABLE u (a serial);
