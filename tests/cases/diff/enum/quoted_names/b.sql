CREATE SCHEMA "My Schema";
CREATE TYPE "My Schema"."The Type" AS ENUM ('C"d', 'A b', 'é');
CREATE TABLE "My Schema"."A Table" ("Id" int, "The Type" "My Schema"."The Type" DEFAULT 'A b');
-- forbidden: DROP COLUMN
