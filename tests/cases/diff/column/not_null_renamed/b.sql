CREATE TABLE t (a int CONSTRAINT present NOT NULL, b int CONSTRAINT other NOT NULL);
COMMENT ON CONSTRAINT present ON t IS 'needed';
COMMENT ON COLUMN t.a IS 'a column';
