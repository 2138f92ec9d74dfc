#!/bin/sh
# The whole story of README.md, from nothing, with assertions. Exit code 0 only if all of them hold.
set -eu
cd "$(dirname "$0")"
. ../private-server.sh
work=$(mktemp -d)
database ucrmanager
database ucrmanager_dev

# Production as it was found: made by hand, by a file that nobody kept up to date.
psql -Xq -v ON_ERROR_STOP=1 -d ucrmanager -f deployment/PRODUCTION_DEPLOYMENT.sql -f data/production.sql
rows="SELECT md5(string_agg((id, tenant_id, line_uri, display_name, status, created_at)::text, ',' ORDER BY id)) FROM phone_number_inventory"
keys="SELECT md5(string_agg(t.k, ',' ORDER BY t.k)) FROM (SELECT id || %s AS k FROM connectwise_credentials) t"
numbers=$(psql -XAtq -d ucrmanager -c "$rows")
secrets=$(psql -XAtq -d ucrmanager -c "$(printf "$keys" 'server_url || encrypted_public_key || encrypted_private_key')")

# The features fail, as users found out; the probe finds out before them.
fails 3 sh scripts/probe.sh 2>/dev/null
echo "✓ the probe of the endpoints fails"

# The four drifts are found, and nothing else.
limosa -q --env prod --json diff db schema >"$work/diff.json" && exit 1
for found in base_url public_key private_key auto_update_status default_status_id created_by updated_by carrier \
    number_type number_range reserved_by app_id certificate_thumbprint username_deprecated \
    encrypted_password_deprecated idx_phone_number_upn; do
    grep -q "$found" "$work/diff.json" || { echo "✗ $found is not found" >&2; exit 1; }
done
if grep -q 'DROP TABLE\|DROP COLUMN' "$work/diff.json"; then echo "✗ it would drop something" >&2; exit 1; fi
echo "✓ the four drifts are found, and nothing is dropped"

# The script, run twice; an interrupted one goes on.
limosa -q --env prod diff db schema --idempotent >"$work/fix.sql" && exit 1
head -n 30 "$work/fix.sql" | psql -Xq -v ON_ERROR_STOP=1 -d ucrmanager
for _ in 1 2; do psql -Xq -v ON_ERROR_STOP=1 -d ucrmanager -f "$work/fix.sql" 2>/dev/null; done
holds "the inventory has 31 columns" ucrmanager \
    "SELECT count(*) = 31 FROM information_schema.columns WHERE table_name = 'phone_number_inventory'"
holds "ConnectWise has 15" ucrmanager \
    "SELECT count(*) = 15 FROM information_schema.columns WHERE table_name = 'connectwise_credentials'"
holds "3CX has 10" ucrmanager \
    "SELECT count(*) = 10 FROM information_schema.columns WHERE table_name = 'tenant_3cx_credentials'"
holds "no phone number is lost or changed" ucrmanager "SELECT ($rows) = '$numbers'"
holds "no credential is lost or changed" ucrmanager \
    "SELECT ($(printf "$keys" 'base_url || public_key || private_key')) = '$secrets'"
holds "old passwords are kept until the certificates are there" ucrmanager \
    "SELECT count(encrypted_password_deprecated) = 20 FROM tenant_powershell_credentials"
sh scripts/probe.sh
echo "✓ the probe of the endpoints passes"

# The same as migrations: on record in production, which has it already, and on a fresh database.
limosa -q --env prod up
limosa -q up
limosa -q --env prod seed
limosa -q seed
limosa -q --env prod diff db schema
limosa -q --env prod diff db env:dev
echo "✓ production, a fresh database and the declared schema are the same"
holds "country codes are there" ucrmanager "SELECT count(*) = 9 FROM country_codes"
holds "it is on record what was applied, and when" ucrmanager \
    "SELECT count(*) = 3 AND bool_and(applied_at IS NOT NULL) FROM limosa.migration"

# The gate, as CI runs it; and what it is there for.
limosa -q check
sed -i.bak 's/^    number_range TEXT,$/    number_range TEXT,\n    porting_date DATE,/' schema/phone_numbers.sql
fails 1 limosa -q check --only schema >/dev/null 2>&1
# The migration that is missing is written from whatever prints the schema.
limosa -q generate add_porting_date --to 'cmd:cat schema/*.sql'
limosa -q check --only schema
rm migrations/0004_add_porting_date*
mv schema/phone_numbers.sql.bak schema/phone_numbers.sql
echo "✓ a column that is declared and has no migration is found, and gets one"
printf 'ALTER TABLE phone_number_inventory RENAME COLUMN carrier TO provider;\n' >migrations/0004_rename_carrier.sql
fails 1 limosa -q check --consumers >"$work/consumers" 2>&1
rm migrations/0004_rename_carrier.sql
grep -q 'ListPhoneNumbers' "$work/consumers"
grep -q '0004' "$work/consumers"
echo "✓ a migration that breaks a query of the application is found, and named"

# Somebody changes production by hand.
psql -Xq -d ucrmanager -c "ALTER TABLE phone_number_inventory ADD COLUMN hotfix TEXT" -c "DROP INDEX idx_phone_number_upn"
fails 1 limosa -q --env prod drift >"$work/drift" 2>/dev/null
grep -q hotfix "$work/drift"
limosa -q --env prod drift --fix "$work/back.sql" 2>/dev/null
psql -Xq -v ON_ERROR_STOP=1 -d ucrmanager -f "$work/back.sql" 2>/dev/null
holds "what was dropped is there again" ucrmanager "SELECT to_regclass('idx_phone_number_upn') IS NOT NULL"

# The source of truth in TypeScript, where its tool is installed; else this is left out, in words.
if npx --no-install drizzle-kit --version >/dev/null 2>&1; then
    limosa -q diff schema 'cmd:npx --no-install drizzle-kit export --dialect postgresql --schema shared/schema.ts'
    echo "✓ shared/schema.ts says the same as schema/"
else
    echo "– drizzle-kit is not installed here: shared/schema.ts was not compared"
fi
rm -r "$work"
