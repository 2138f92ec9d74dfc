CREATE FOREIGN TABLE t (a int CONSTRAINT small CHECK (a < 20), b int CONSTRAINT other CHECK (b <> 3)) SERVER far;
