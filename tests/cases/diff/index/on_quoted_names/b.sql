CREATE SCHEMA "S p";
CREATE TABLE "S p"."T ""q""" ("Col 1" int, "select" int);
CREATE UNIQUE INDEX "I d.x" ON "S p"."T ""q""" ("Col 1", ("select" + 1)) WHERE "select" > 3;
COMMENT ON INDEX "S p"."I d.x" IS 'it''s \ quoted';
