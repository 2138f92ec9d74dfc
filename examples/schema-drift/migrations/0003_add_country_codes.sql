-- The optional last step: the country of a number is one of a list.
-- limosa: transaction off
CREATE TABLE IF NOT EXISTS "public"."country_codes" (
    "code" text NOT NULL,
    "name" text NOT NULL,
    "dial_prefix" text NOT NULL
);

DO $fix$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass('"public"."country_codes"') AND conname = 'country_codes_code_check') THEN
    ALTER TABLE "public"."country_codes" ADD CONSTRAINT "country_codes_code_check" CHECK ((code ~ '^[A-Z]{2}$'::text));
  END IF;
END
$fix$;

DO $fix$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass('"public"."country_codes"') AND conname = 'country_codes_dial_prefix_check') THEN
    ALTER TABLE "public"."country_codes" ADD CONSTRAINT "country_codes_dial_prefix_check" CHECK ((dial_prefix ~ '^\+[0-9]{1,4}$'::text));
  END IF;
END
$fix$;

DO $fix$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass('"public"."country_codes"') AND conname = 'country_codes_name_key') THEN
    ALTER TABLE "public"."country_codes" ADD CONSTRAINT "country_codes_name_key" UNIQUE ("name");
  END IF;
END
$fix$;

DO $fix$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass('"public"."country_codes"') AND conname = 'country_codes_pkey') THEN
    ALTER TABLE "public"."country_codes" ADD CONSTRAINT "country_codes_pkey" PRIMARY KEY ("code");
  END IF;
END
$fix$;

DO $fix$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass('"public"."phone_number_inventory"') AND conname = 'phone_number_inventory_country_code_fkey') THEN
    ALTER TABLE "public"."phone_number_inventory" ADD CONSTRAINT "phone_number_inventory_country_code_fkey" FOREIGN KEY ("country_code") REFERENCES "public"."country_codes" ("code") NOT VALID;
  END IF;
END
$fix$;

ALTER TABLE "public"."phone_number_inventory" VALIDATE CONSTRAINT "phone_number_inventory_country_code_fkey";

