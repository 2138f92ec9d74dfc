CREATE SEQUENCE shared;
CREATE TABLE t (a bigint DEFAULT nextval('shared'));
CREATE TABLE u (a bigint DEFAULT nextval('shared'));
