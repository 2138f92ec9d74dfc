CREATE TABLE t (id int PRIMARY KEY, "user" text CHECK ("user" <> ''));
CREATE VIEW v AS SELECT id, "user" AS x FROM t WHERE "user" > 'b';
