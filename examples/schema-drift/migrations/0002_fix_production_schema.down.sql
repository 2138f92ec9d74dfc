-- What came to be filled meanwhile goes with its columns: take a backup, or do not go back.
-- limosa: allow deletes-data

BEGIN;

ALTER TABLE "public"."connectwise_credentials" RENAME COLUMN "base_url" TO "server_url";

ALTER TABLE "public"."connectwise_credentials" RENAME COLUMN "public_key" TO "encrypted_public_key";

ALTER TABLE "public"."connectwise_credentials" RENAME COLUMN "private_key" TO "encrypted_private_key";

ALTER TABLE "public"."tenant_powershell_credentials" RENAME COLUMN "username_deprecated" TO "username";

ALTER TABLE "public"."tenant_powershell_credentials" RENAME COLUMN "encrypted_password_deprecated" TO "encrypted_password";

-- Only from PostgreSQL 18 on does NOT NULL have a name.
DO $back$
BEGIN
  ALTER TABLE "public"."connectwise_credentials" RENAME CONSTRAINT "connectwise_credentials_private_key_not_null" TO "connectwise_credentials_encrypted_private_key_not_null";
EXCEPTION WHEN undefined_object THEN
  NULL;
END
$back$;

-- Only from PostgreSQL 18 on does NOT NULL have a name.
DO $back$
BEGIN
  ALTER TABLE "public"."connectwise_credentials" RENAME CONSTRAINT "connectwise_credentials_public_key_not_null" TO "connectwise_credentials_encrypted_public_key_not_null";
EXCEPTION WHEN undefined_object THEN
  NULL;
END
$back$;

-- Only from PostgreSQL 18 on does NOT NULL have a name.
DO $back$
BEGIN
  ALTER TABLE "public"."connectwise_credentials" RENAME CONSTRAINT "connectwise_credentials_base_url_not_null" TO "connectwise_credentials_server_url_not_null";
EXCEPTION WHEN undefined_object THEN
  NULL;
END
$back$;

COMMIT;

DROP INDEX CONCURRENTLY "public"."idx_phone_number_country_code";

DROP INDEX CONCURRENTLY "public"."idx_phone_number_line_uri";

DROP INDEX CONCURRENTLY "public"."idx_phone_number_upn";

BEGIN;

ALTER TABLE "public"."phone_number_inventory" DROP CONSTRAINT "phone_number_inventory_number_type_check";

-- deletes-data: column public.connectwise_credentials.auto_update_status
-- deletes-data: column public.connectwise_credentials.default_status_id
ALTER TABLE "public"."connectwise_credentials"
    DROP COLUMN "auto_update_status",
    DROP COLUMN "default_status_id";

-- deletes-data: column public.phone_number_inventory.aging_until
-- deletes-data: column public.phone_number_inventory.assigned_at
-- deletes-data: column public.phone_number_inventory.carrier
-- deletes-data: column public.phone_number_inventory.country_code
-- deletes-data: column public.phone_number_inventory.location
-- deletes-data: column public.phone_number_inventory.number_range
-- deletes-data: column public.phone_number_inventory.number_type
-- deletes-data: column public.phone_number_inventory.reserved_at
-- deletes-data: column public.phone_number_inventory.reserved_by
-- deletes-data: column public.phone_number_inventory.tags
-- deletes-data: column public.phone_number_inventory.updated_at
-- deletes-data: column public.phone_number_inventory.usage_location
ALTER TABLE "public"."phone_number_inventory"
    DROP COLUMN "aging_until",
    DROP COLUMN "assigned_at",
    DROP COLUMN "carrier",
    DROP COLUMN "country_code",
    DROP COLUMN "location",
    DROP COLUMN "number_range",
    DROP COLUMN "number_type",
    DROP COLUMN "reserved_at",
    DROP COLUMN "reserved_by",
    DROP COLUMN "tags",
    DROP COLUMN "updated_at",
    DROP COLUMN "usage_location";

-- deletes-data: column public.tenant_3cx_credentials.created_by
-- deletes-data: column public.tenant_3cx_credentials.updated_by
ALTER TABLE "public"."tenant_3cx_credentials"
    DROP COLUMN "created_by",
    DROP COLUMN "updated_by";

-- deletes-data: column public.tenant_powershell_credentials.app_id
-- deletes-data: column public.tenant_powershell_credentials.certificate_thumbprint
ALTER TABLE "public"."tenant_powershell_credentials"
    DROP COLUMN "app_id",
    DROP COLUMN "certificate_thumbprint";

COMMIT;
