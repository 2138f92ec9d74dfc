-- rows: t
CREATE TABLE t (id int PRIMARY KEY, code varchar(10) UNIQUE CHECK (code <> ''), CHECK (lower(code) = code));
CREATE INDEX t_lower ON t (lower(code));
CREATE INDEX t_part ON t (id) WHERE code = 'x';
INSERT INTO t VALUES (1, 'x');
