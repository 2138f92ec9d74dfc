#!/bin/sh
# From what was found to one runner, with assertions. Exit code 0 only if all of them hold. It works on a copy of this
# folder, since it renames and restores files.
set -eu
cd "$(dirname "$0")"
. ../private-server.sh
work=$(mktemp -d)
cp -R . "$work/hospital"
cd "$work/hospital"
database hospital
database hospital_laptop

# Three runners, none of which knows what has run; duplicate numbers; seeders that are gone.
psql -Xq -v ON_ERROR_STOP=1 -d hospital -f found/database.sql
[ "$(ls src/database/migrations/*.sql | grep -vc down)" = 30 ]
[ "$(ls src/database/migrations/*.sql | grep -v down | xargs -n1 basename | cut -d_ -f1 | sort | uniq -d | wc -l)" -eq 6 ]
fails 1 limosa -q check --only files >"$work/files" 2>&1
[ "$(grep -c 'duplicate-version' "$work/files")" = 6 ]
echo "✓ all six doubled numbers are found"

# New numbers, once it is proven that the other order leads to the same schema.
limosa -q --yes renumber --map renumber.map --files-only
limosa -q check --only files >/dev/null
[ "$(ls src/database/migrations/*.sql | grep -vc down)" = 30 ]
[ -z "$(ls src/database/migrations/*.sql | grep -v down | xargs -n1 basename | cut -d_ -f1 | sort | uniq -d)" ]
echo "✓ no number is there twice, and no file is lost"

# What has run is found out by looking; then it is on record, and nothing has been run again.
tables="SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
before=$(psql -XAtq -d hospital -c "$tables")
limosa -q --yes adopt --from scripts >/dev/null 2>&1
holds "29 of 30 are on record" hospital "SELECT count(*) = 29 FROM limosa.migration WHERE state = 'applied'"
holds "nothing was run again" hospital "SELECT ($tables) = $before"
holds "and all templates of forms are there" hospital "SELECT count(*) = 3 FROM forms"
limosa -q up --order any
limosa -q status --check
holds "the one that nobody had run is there now" hospital "SELECT to_regclass('prior_authorizations') IS NOT NULL"
limosa -q down --only 025 --reason 'not yet'
limosa -q up --order any

# Seeders that were deleted come back from their copies.
for lost in providers.seeder.js run-billing-seed.js run-providers-seed.js seed-appointment-purposes.js seed-billing-masters.js; do
    [ ! -e "src/database/seeders/$lost" ]
    limosa -q repair files "src/database/seeders/$lost" >/dev/null
    cmp "src/database/seeders/$lost" "src/database/seeders/$lost.bak"
done
echo "✓ five seeders are back, byte for byte"

# They fail on their second run. As files of rows they are written where rows differ.
if command -v node >/dev/null; then
    DB_NAME=hospital node src/database/seeders/run-billing-seed.js >/dev/null
    DB_NAME=hospital node src/database/seeders/run-providers-seed.js >/dev/null
    echo "✓ the restored seeders run"
else
    psql -Xq -v ON_ERROR_STOP=1 -d hospital -f src/database/seeders/seed-billing-masters.sql
    psql -Xq -v ON_ERROR_STOP=1 -d hospital -f src/database/seeders/providers.seeder.sql
    echo "– node is not installed here: the restored seeders were not run, only the SQL that they wrap"
fi
fails 3 psql -Xq -v ON_ERROR_STOP=1 -d hospital -f src/database/seeders/seed-billing-masters.sql 2>/dev/null
echo "✓ the old seeder fails the second time"
for seeder in seed-billing-masters seed-inventory-masters seed-appointment-purposes providers.seeder; do
    limosa -q seed import "src/database/seeders/$seeder.sql" >/dev/null
done
limosa -q seed
billing='SELECT count(*) || md5(string_agg(f::text, $$,$$ ORDER BY payer_id, cpt_code)) FROM fee_schedules f'
fees=$(psql -XAtq -d hospital -c "$billing")
limosa -q seed
limosa -q seed --verify >/dev/null
holds "a second run changes nothing" hospital "SELECT ($billing) = '$fees'"
holds "billing: CPT and ICD codes, payers, fees" hospital \
    "SELECT (SELECT count(*) FROM cpt_codes) = 6 AND (SELECT count(*) FROM icd_codes) = 5 AND (SELECT count(*) FROM payers) = 3 AND (SELECT count(*) FROM fee_schedules) = 18"
holds "inventory: locations, categories, suppliers" hospital \
    "SELECT (SELECT count(*) FROM inventory_locations) = 3 AND (SELECT count(*) FROM inventory_categories) = 3 AND (SELECT count(*) FROM suppliers) = 2"
holds "providers: two of them, once" hospital \
    "SELECT count(*) = 2 AND count(DISTINCT email) = 2 FROM users WHERE role = 'provider' AND email LIKE '%@general.example'"
psql -Xq -d hospital -c "UPDATE payers SET name = 'typo' WHERE payer_code = 'BCBS'"
fails 1 limosa -q seed --verify >/dev/null 2>&1
limosa -q seed --force
holds "and mends what was changed" hospital \
    "SELECT name = 'Blue Cross Blue Shield' FROM payers WHERE payer_code = 'BCBS'"

# A new colleague's laptop: everything, from nothing; and the gate.
limosa -q --env laptop --yes up --fresh
limosa -q --env laptop diff db migrations
holds "a fresh database has schema and master data" hospital_laptop "SELECT count(*) = 18 FROM fee_schedules"
limosa -q check --only files --only replay --only proofs --only seeds

# Timestamps, on which two branches do not collide any more: files are renamed, and databases that know them follow.
limosa -q --yes renumber --to timestamps >/dev/null
[ "$(ls src/database/migrations/*.sql | grep -v down | xargs -n1 basename | grep -cE '^[0-9]{14}_')" = 30 ]
limosa -q status --check
limosa -q --env laptop status --check
limosa -q up
holds "versions are timestamps, and the database follows" hospital \
    "SELECT bool_and(version ~ '^[0-9]{14}$') AND count(*) = 30 FROM limosa.migration WHERE state = 'applied'"
cd /
rm -r "$work"
