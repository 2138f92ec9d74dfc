#!/bin/sh
# The whole story of README.md, from nothing, with assertions. Exit code 0 only if all of them hold.
set -eu
cd "$(dirname "$0")"
. ../private-server.sh
PATH="$PATH:$PWD/../../target/release:$PWD/../../target/debug"
if ! command -v registry >/dev/null; then
    echo "the service is not built: cargo build -p integration-registry" >&2
    exit 2
fi
work=$(mktemp -d)
# `load RELEASES COMMAND…`: the command, while clients are at work; what was acknowledged is looked at before and after.
load() {
    releases=$1
    shift
    echo "# $releases at work: $*"
    registry load --releases "$releases" --ledger "$work/acknowledged.json" -- "$@" >"$work/said" || {
        cat "$work/said" >&2
        exit 1
    }
    grep -v contracted "$work/said"
}

# The integration system before, with five years of rows.
database denpay
limosa -q up --to 001
psql -Xq -v ON_ERROR_STOP=1 -d denpay -f data/before.sql
limosa -q up --to 002
five_years="created_at < '2026-01-01'"
old_rows="SELECT md5(string_agg((id, tenant_id, practice_id, clinician_id, clinician_name, pms_type, integration_id, \
integration_name, external_practice_id, external_site_code, data_source, sync_frequency, sync_config, sync_billing, \
sync_patients, sync_appointments, sync_providers, sync_treatments, \
connection_status, last_sync_at, last_sync_status, last_sync_error, last_sync_records_count, created_at)::text, ',' \
ORDER BY id)) FROM integrations.pms_connections WHERE $five_years"
old_xero="SELECT md5(string_agg((id, tenant_id, tenant_name, access_token, refresh_token, status)::text, ',' \
ORDER BY id)) FROM \"denpay-dev\".xero_connections WHERE $five_years"
old_view="SELECT md5(string_agg((id, tenant_id, practice_id, pms_type, integration_id, connection_status, \
pms_status)::text, ',' ORDER BY id)) FROM \"denpay-dev\".v_connection_summary WHERE $five_years"
ask() { psql -XAtq -d denpay -c "$1"; }
rows=$(ask "$old_rows") xero=$(ask "$old_xero") view=$(ask "$old_view")
as_before() {
    holds "$1: 50,000 connections are as they were" denpay "SELECT ($old_rows) = '$rows'"
    holds "$1: connections to Xero have the keys that they had" denpay "SELECT ($old_xero) = '$xero'"
    holds "$1: the view shows what it showed" denpay "SELECT ($old_view) = '$view'"
    limosa -q drift >/dev/null
}

# Both versions are made able to work, work side by side, and the new one is taken back.
load 1.0 limosa -q up --to 009
load 1.0,2.0 sleep 1
# What the old version never missed, the columns for copied names, is not aborted but taken back as a change of its own.
load 1.0 sh -c 'limosa -q down --to 002 && limosa -q contract --quiet-window 1s'
as_before "taken back before contract"

# Again, and to the end. While 1.0 is at work, contract refuses.
load 1.0 limosa -q up --to 009
load 1.0,2.0 sh -c 'limosa -q contract 006 --quiet-window 2s >"$0" 2>&1; test $? = 1' "$work/refused"
grep -q 'old-version-in-use' "$work/refused"
echo "✓ contract refuses while 1.0 is at work"
load 2.0 limosa -q contract --quiet-window 1s
load 2.0 limosa -q up
load 2.0,2.1 limosa -q check --checks --target dev
load 2.1 limosa -q contract --quiet-window 1s
limosa -q check --checks --target dev
limosa -q drift >/dev/null
echo "✓ the registry holds: every connection is in it once, names are those of their sources"

# What the document wanted, and what it missed.
holds "xero_connections has a key of eight characters, and no uuid" denpay \
    "SELECT count(*) FILTER (WHERE column_name = 'id') = 0 AND max(character_maximum_length) FILTER (WHERE column_name = 'xero_tenant_id') = 8 FROM information_schema.columns WHERE table_name = 'xero_connections'"
holds "integration_id and practice_id have eight" denpay \
    "SELECT count(*) = 3 AND min(character_maximum_length) = 8 AND max(character_maximum_length) = 8 FROM information_schema.columns WHERE table_name IN ('pms_connections', 'soe_integrations') AND column_name IN ('practice_id', 'integration_id')"
holds "no id of the other systems is lost" denpay \
    "SELECT count(*) = 49500 FROM integrations.pms_connections WHERE external_system_id IS NOT NULL AND $five_years"
holds "the view joins: all that were connected have a status at the other end" denpay \
    "SELECT count(*) = 50000 FROM \"denpay-dev\".v_connection_summary WHERE pms_status IS NOT NULL AND $five_years"
holds "practices: the map from uuid to the new id is kept" denpay \
    "SELECT count(*) = 5000 AND bool_and(length(m.new_id) = 8) FROM \"denpay-dev\".practices p JOIN limosa.map_practices m ON m.new_id = p.practice_id AND m.old_id = md5('practice' || substring(p.name FROM '[0-9]+'))::uuid"
holds "xero_connections: and so is that of the connections to Xero" denpay \
    "SELECT count(*) = 150 FROM \"denpay-dev\".xero_connections x JOIN limosa.map_xero_connections m ON m.new_id = x.xero_tenant_id WHERE x.$five_years"
holds "clinicians are set aside" denpay \
    "SELECT count(*) = 0 FROM information_schema.columns WHERE column_name IN ('clinician_id', 'clinician_name')"

# A client changes its name: the copies follow. Somebody goes behind the trigger's back: it is found.
ask "UPDATE \"denpay-dev\".practices SET name = name || ' (closed)' WHERE postcode LIKE 'LS%'"
limosa -q check --checks --target dev
ask "UPDATE integrations.pms_connections SET practice_name = 'York' WHERE id = md5('connection1')::uuid"
fails 1 limosa -q check --checks --target dev >/dev/null 2>&1
ask "UPDATE integrations.pms_connections c SET practice_name = p.name FROM \"denpay-dev\".practices p WHERE p.practice_id = c.practice_id AND p.name <> c.practice_name"
limosa -q check --checks --target dev
echo "✓ copied names follow, and one that does not is found"

# The way back from the very end, while clients are at work.
load 2.1 limosa -q down --to 009
load 2.1,2.0 sleep 1
load 2.0 limosa -q contract --quiet-window 1s
load 2.0 limosa -q down --to 002
load 1.0,2.0 sleep 1
load 1.0 limosa -q contract --quiet-window 1s
as_before "taken back from the end"

# Somebody begins today: the same files, and nobody who could be held up.
database denpay_new
limosa -q up --url postgresql:///denpay_new
holds "on an empty database the same files make the new schema" denpay_new \
    "SELECT count(*) = 4 FROM information_schema.columns WHERE column_name IN ('practice_id', 'integration_id', 'xero_tenant_id') AND table_name IN ('pms_connections', 'practices', 'xero_connections') AND character_maximum_length = 8"
rm -r "$work"
