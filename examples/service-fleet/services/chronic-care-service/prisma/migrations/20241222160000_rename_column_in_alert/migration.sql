-- It holds the id of a user, like every other column that ends in "Id".
ALTER TABLE "Alert" RENAME COLUMN "acknowledgedBy" TO "acknowledgedById";
