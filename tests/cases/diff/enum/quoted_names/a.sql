CREATE SCHEMA "My Schema";
CREATE TYPE "My Schema"."The Type" AS ENUM ('A b', 'C"d');
CREATE TABLE "My Schema"."A Table" ("Id" int, "The Type" "My Schema"."The Type" DEFAULT 'A b');
INSERT INTO "My Schema"."A Table" VALUES (1);
-- rows: "My Schema"."A Table"
