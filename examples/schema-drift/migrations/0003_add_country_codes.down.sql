ALTER TABLE "public"."phone_number_inventory" DROP CONSTRAINT "phone_number_inventory_country_code_fkey";

-- deletes-data: table public.country_codes
DROP TABLE "public"."country_codes";
