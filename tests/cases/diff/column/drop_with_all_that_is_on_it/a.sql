CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE CHECK (a > 1), b int, CHECK (a > b));
CREATE INDEX t_ab ON t (a, b);
CREATE INDEX t_expr ON t ((a + b));
CREATE TABLE child (a int REFERENCES t (a));
COMMENT ON COLUMN t.a IS 'gone';
