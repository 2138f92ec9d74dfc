CREATE SCHEMA "S p";
CREATE TABLE "S p"."T ""q""" ("Col 1" int, "select" int);
