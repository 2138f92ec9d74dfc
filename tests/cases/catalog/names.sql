CREATE SCHEMA "Sche.ma ""x"" 🦆";
CREATE TYPE "Sche.ma ""x"" 🦆"."Ty'pe.x" AS ENUM ('a');
CREATE TABLE "Sche.ma ""x"" 🦆"."Ta.ble, (y)" ("Co.lumn ""z""" int, "select" "Sche.ma ""x"" 🦆"."Ty'pe.x", "63_bytes_long_63_bytes_long_63_bytes_long_63_bytes_long_63_bytes_" int,
  CONSTRAINT "Con.straint 🦆" CHECK ("select" IS NOT NULL));
CREATE INDEX "In dex" ON "Sche.ma ""x"" 🦆"."Ta.ble, (y)" ("select", (("Co.lumn ""z""" + 1)));
CREATE FUNCTION "Sche.ma ""x"" 🦆"."Fun.ction(x)"("A.b" "Sche.ma ""x"" 🦆"."Ty'pe.x"[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE VIEW "Sche.ma ""x"" 🦆"."VIEW" AS SELECT "Co.lumn ""z""" AS "A ""b""" FROM "Sche.ma ""x"" 🦆"."Ta.ble, (y)";
COMMENT ON COLUMN "Sche.ma ""x"" 🦆"."VIEW"."A ""b""" IS '"';
CREATE TABLE public."UPPER" ("ID" serial PRIMARY KEY);
