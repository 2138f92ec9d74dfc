CREATE SEQUENCE other;
CREATE TABLE t (a bigint DEFAULT nextval('other'));
CREATE TABLE u (a bigint);
