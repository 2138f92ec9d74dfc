-- Written by `limosa diff deployment/PRODUCTION_DEPLOYMENT.sql schema --idempotent`: it looks before each step, since
-- production may have been mended by hand with the same script.
-- limosa: transaction off
DO $fix$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."connectwise_credentials"') AND attname = 'server_url' AND NOT attisdropped)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."connectwise_credentials"') AND attname = 'base_url' AND NOT attisdropped) THEN
    ALTER TABLE "public"."connectwise_credentials" RENAME COLUMN "server_url" TO "base_url";
  END IF;
END
$fix$;

DO $fix$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."connectwise_credentials"') AND attname = 'encrypted_public_key' AND NOT attisdropped)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."connectwise_credentials"') AND attname = 'public_key' AND NOT attisdropped) THEN
    ALTER TABLE "public"."connectwise_credentials" RENAME COLUMN "encrypted_public_key" TO "public_key";
  END IF;
END
$fix$;

DO $fix$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."connectwise_credentials"') AND attname = 'encrypted_private_key' AND NOT attisdropped)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."connectwise_credentials"') AND attname = 'private_key' AND NOT attisdropped) THEN
    ALTER TABLE "public"."connectwise_credentials" RENAME COLUMN "encrypted_private_key" TO "private_key";
  END IF;
END
$fix$;

DO $fix$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."tenant_powershell_credentials"') AND attname = 'username' AND NOT attisdropped)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."tenant_powershell_credentials"') AND attname = 'username_deprecated' AND NOT attisdropped) THEN
    ALTER TABLE "public"."tenant_powershell_credentials" RENAME COLUMN "username" TO "username_deprecated";
  END IF;
END
$fix$;

DO $fix$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."tenant_powershell_credentials"') AND attname = 'encrypted_password' AND NOT attisdropped)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('"public"."tenant_powershell_credentials"') AND attname = 'encrypted_password_deprecated' AND NOT attisdropped) THEN
    ALTER TABLE "public"."tenant_powershell_credentials" RENAME COLUMN "encrypted_password" TO "encrypted_password_deprecated";
  END IF;
END
$fix$;

ALTER TABLE "public"."connectwise_credentials" ADD COLUMN IF NOT EXISTS "auto_update_status" boolean DEFAULT false;

DO $fix$
BEGIN
  ALTER TABLE "public"."connectwise_credentials" RENAME CONSTRAINT "connectwise_credentials_server_url_not_null" TO "connectwise_credentials_base_url_not_null";
EXCEPTION WHEN undefined_object OR undefined_table OR undefined_column OR duplicate_object OR duplicate_table THEN
  NULL; -- it is so already
END
$fix$;

ALTER TABLE "public"."connectwise_credentials" ADD COLUMN IF NOT EXISTS "default_status_id" integer;

DO $fix$
BEGIN
  ALTER TABLE "public"."connectwise_credentials" RENAME CONSTRAINT "connectwise_credentials_encrypted_private_key_not_null" TO "connectwise_credentials_private_key_not_null";
EXCEPTION WHEN undefined_object OR undefined_table OR undefined_column OR duplicate_object OR duplicate_table THEN
  NULL; -- it is so already
END
$fix$;

DO $fix$
BEGIN
  ALTER TABLE "public"."connectwise_credentials" RENAME CONSTRAINT "connectwise_credentials_encrypted_public_key_not_null" TO "connectwise_credentials_public_key_not_null";
EXCEPTION WHEN undefined_object OR undefined_table OR undefined_column OR duplicate_object OR duplicate_table THEN
  NULL; -- it is so already
END
$fix$;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "aging_until" timestamp without time zone;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "assigned_at" timestamp without time zone;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "carrier" text;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "country_code" text;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "location" text;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "number_range" text;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "number_type" text DEFAULT 'did'::text NOT NULL;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "reserved_at" timestamp without time zone;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "reserved_by" text;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "tags" text;

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "updated_at" timestamp without time zone DEFAULT now();

ALTER TABLE "public"."phone_number_inventory" ADD COLUMN IF NOT EXISTS "usage_location" text;

ALTER TABLE "public"."tenant_3cx_credentials" ADD COLUMN IF NOT EXISTS "created_by" text;

ALTER TABLE "public"."tenant_3cx_credentials" ADD COLUMN IF NOT EXISTS "updated_by" text;

ALTER TABLE "public"."tenant_powershell_credentials" ADD COLUMN IF NOT EXISTS "app_id" text;

ALTER TABLE "public"."tenant_powershell_credentials" ADD COLUMN IF NOT EXISTS "certificate_thumbprint" text;

DO $fix$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass('"public"."phone_number_inventory"') AND conname = 'phone_number_inventory_number_type_check') THEN
    ALTER TABLE "public"."phone_number_inventory" ADD CONSTRAINT "phone_number_inventory_number_type_check" CHECK ((number_type = ANY (ARRAY['did'::text, 'extension'::text, 'toll-free'::text, 'mailbox'::text]))) NOT VALID;
  END IF;
END
$fix$;

ALTER TABLE "public"."phone_number_inventory" VALIDATE CONSTRAINT "phone_number_inventory_number_type_check";

CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_phone_number_country_code" ON "public"."phone_number_inventory" USING "btree" ("country_code");

CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_phone_number_line_uri" ON "public"."phone_number_inventory" USING "btree" ("line_uri");

CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_phone_number_upn" ON "public"."phone_number_inventory" USING "btree" ("user_principal_name");

