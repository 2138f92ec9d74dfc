#!/bin/sh
# The whole story of README.md, from nothing, with assertions. Exit code 0 only if all of them hold.
set -eu
cd "$(dirname "$0")"
. ../private-server.sh
rm -rf backup logs
database moeen

# The clinic before public ids, with a year of rows.
limosa -q up --to 000
psql -Xq -d moeen -f data/before.sql >/dev/null
everything_else='SELECT md5(string_agg((id, user_id, full_name, date_of_birth, phone, created_at)::text, $$,$$ ORDER BY id)) FROM patients'
before=$(psql -XAtq -d moeen -c "$everything_else")

# Columns and defaults, then the legacy kind for what was seen outside first.
limosa -q up --to 004
holds "appointments keep ids of the first kind" moeen \
    "SELECT count(*) = 20000 FROM appointments WHERE public_id ~ '^apt_c[a-z0-9]{24}$'"
holds "sessions, too" moeen "SELECT bool_and(public_id ~ '^ses_c[a-z0-9]{24}$') FROM sessions"
psql -Xq -d moeen -c "INSERT INTO appointments (patient_id, doctor_id, scheduled_at) VALUES (1, 5, now())"
holds "a new appointment has an id of the new kind, beside them" moeen \
    "SELECT count(*) = 1 FROM appointments WHERE public_id ~ '^apt_[a-z][a-z0-9]{23}$'"

# The backfill: the dry run writes nothing, the run leaves nobody out and changes nothing else.
limosa -q backfill run --table patients --generate public_id --dry-run >/dev/null
holds "a dry run writes nothing" moeen "SELECT count(public_id) = 0 FROM patients"
limosa -q backfill run --table patients --generate public_id
limosa -q backfill run --table insurance_claims --generate public_id
holds "every patient has an id of her own" moeen \
    "SELECT count(DISTINCT public_id) = 5000 AND count(*) = 5000 FROM patients WHERE public_id ~ '^pat_[a-z][a-z0-9]{23}$'"
holds "and nothing else of her has changed" moeen "SELECT ($everything_else) = '$before'"

# The other modules, with a backup before the run and a look after each migration.
limosa -q up
limosa -q status --check
holds "sixteen kinds of things have public ids" moeen \
    "SELECT count(*) = 16 FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE attname = 'public_id' AND attnotnull AND relkind = 'r' AND relnamespace = 'public'::regnamespace"
holds "each prefix is another" moeen \
    "SELECT count(DISTINCT substring(pg_get_expr(adbin, adrelid) FROM '''(\w+)''')) = 16 FROM pg_attrdef WHERE pg_get_expr(adbin, adrelid) LIKE '%cuid2()%'"
holds "every table that clients may read has row security" moeen \
    "SELECT count(*) = 14 FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
psql -XAtq -v ON_ERROR_STOP=1 -d moeen -f tests/row_security.sql >/dev/null
echo "✓ the policies hold for the roles"

# A policy that is lost is found.
psql -Xq -d moeen -c "ALTER TABLE crm_leads DISABLE ROW LEVEL SECURITY"
fails 1 limosa -q --env dev check --checks --target dev >/dev/null 2>&1
echo "✓ a table without row security is found"
psql -Xq -d moeen -c "ALTER TABLE crm_leads ENABLE ROW LEVEL SECURITY"

# A migration that fails leaves nothing, and says what was wrong.
printf 'CREATE TABLE half (id int);\nSELECT 1 / 0;\n' >migrations/system/032_fails.sql
fails 2 limosa -q up >/dev/null 2>&1
rm migrations/system/032_fails.sql
holds "a migration that fails leaves nothing behind" moeen "SELECT to_regclass('half') IS NULL"

# Each migration may run on top of itself, and each way back leads back.
limosa -q prove --twice

# A mistake, and the way out of it: rows from a backup, newer ones kept in sight.
limosa -q backup --table patients --output backup/patients.limosa
psql -Xq -d moeen -c "UPDATE patients SET phone = NULL"
fails 2 limosa -q --yes restore backup/patients.limosa >/dev/null 2>&1
limosa -q restore backup/patients.limosa --allow overwrites-newer --reason 'phones were lost'
holds "the phones are back" moeen "SELECT count(phone) = 5000 FROM patients"

# The backup that was made before the last run, put beside the database: it is the database as it was then.
psql -Xq -d postgres -c "DROP DATABASE IF EXISTS moeen_before" 2>/dev/null
limosa -q --yes restore "$(ls backup/migrations/*-before-up-005.dump)" --into postgresql:///moeen_before
holds "the backup holds what was there" moeen_before \
    "SELECT (SELECT count(public_id) FROM patients) = 5000 AND to_regclass('crm_leads') IS NULL"

# All the way back. The columns are gone, but the backup that is made before it has every id that was handed out.
ids='SELECT md5(string_agg(public_id, $$,$$ ORDER BY id)) FROM patients'
handed_out=$(psql -XAtq -d moeen -c "$ids")
limosa -q down --to 000 --reason rehearsal
holds "the columns are gone" moeen "SELECT count(*) = 0 FROM information_schema.columns WHERE column_name = 'public_id'"
limosa -q --yes restore "$(ls backup/migrations/*-before-down-*.dump)" --allow overwrites-newer
holds "and here they are again, with the same ids" moeen "SELECT ($ids) = '$handed_out'"
limosa -q status --check >/dev/null

grep -q 'add_public_id_core_tables' logs/migration.log
grep -q 'patients' logs/backfill.log
grep -q 'checks hold' logs/validation.log
echo "✓ each kind of work has its log"
