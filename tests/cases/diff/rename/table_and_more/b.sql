CREATE TABLE person (id bigint PRIMARY KEY, email text NOT NULL DEFAULT '', born date);
CREATE TABLE marker ();
CREATE UNIQUE INDEX ON person (email);
