#!/bin/sh
# The fleet on a server, from nothing, with assertions. Exit code 0 only if all of them hold. It works on a copy of this
# folder, since it adds migrations.
set -eu
cd "$(dirname "$0")"
. ../private-server.sh
work=$(mktemp -d)
cp -R . "$work/fleet"
cd "$work/fleet"
rm -rf .limosa logs
for name in auth api telehealth mental_health chronic_care pharmacy laboratory imaging; do database "healthcare_$name"; done
fleet() { limosa -q --url 'postgresql:///{database}' "$@"; }

# Rollout over the graph: nobody before the services that it needs.
fleet up
fleet status --check >/dev/null
order=$(grep -o '[a-z-]* begun on' logs/migration.log | cut -d' ' -f1 | tr '\n' ' ')
case $order in "auth api "*) echo "✓ auth first, then api, then the others: $order" ;; *) exit 1 ;; esac
fleet report policy --from migrations >"$work/policy" || true
grep -q 'foreign keys indexed' "$work/policy"
echo "✓ the policy matrix, by aspect and service"

# Rows, and the references that no foreign key can hold.
psql -Xq -v ON_ERROR_STOP=1 -d healthcare_api -f data/patients.sql -f data/vitals.sql
psql -Xq -v ON_ERROR_STOP=1 -d healthcare_telehealth -f data/visits.sql
fleet check --references >/dev/null
psql -Xq -d healthcare_api -c "DELETE FROM \"Patient\" WHERE id = 'patient-7'"
fails 1 fleet check --references >"$work/references" 2>&1
grep -q 'missing: patient-7' "$work/references"
echo "✓ an appointment of a patient who is not there is found, in another database"
psql -Xq -d healthcare_telehealth -c "DELETE FROM \"Appointment\" WHERE \"patientId\" = 'patient-7'"

# One service taken back, with a backup first and the reason on record; the others stay.
fleet --service api down --steps 2 --backup database --reason 'dates are wrong' 2>"$work/down"
ls backups/*healthcare*down* backups/*api*down* 2>/dev/null | grep -q dump
fleet --service api log | grep -q 'dates are wrong'
holds "the column is gone" healthcare_api \
    "SELECT count(*) = 0 FROM information_schema.columns WHERE column_name = 'dateOfBirthNew'"
fleet --service telehealth status --check >/dev/null
fleet up
holds "null-able first, filled, then required" healthcare_api \
    "SELECT attnotnull FROM pg_attribute WHERE attrelid = '\"Patient\"'::regclass AND attname = 'status'"
holds "old and new column during the transition" healthcare_api \
    "SELECT count(*) = 2 FROM information_schema.columns WHERE table_name = 'Patient' AND column_name LIKE 'dateOfBirth%'"

# A data migration in batches: each commits.
cp -R next/services/api/prisma/migrations/20241223090000_migrate_email_data services/api/prisma/migrations/
fleet up
holds "every address is in lower case" healthcare_api 'SELECT count(*) = 0 FROM "Patient" WHERE email <> lower(email)'
holds "in several batches" healthcare_api "SELECT sum(batches) >= 4 FROM limosa.backfill_range"

# Data moved from one service's database to another's; what was there is kept for a month.
cp -R next/services/chronic-care-service services/
fleet --service chronic-care up
fleet --service api backup --table '"PatientVitals"' --output "$work/vitals.limosa"
fleet --service chronic-care --yes restore "$work/vitals.limosa" --allow other-database
vitals='SELECT count(*) || md5(string_agg((id, "patientId", "recordedAt", "heartRateBpm")::text, $$,$$ ORDER BY id)) FROM "PatientVitals"'
there=$(psql -XAtq -d healthcare_api -c "$vitals")
holds "the vitals of all patients have moved" healthcare_chronic_care "SELECT ($vitals) = '$there'"
cp -R next/services/api services/
fleet --service api up
holds "they are gone where they were" healthcare_api "SELECT to_regclass('\"PatientVitals\"') IS NULL"
holds "and so is the old column" healthcare_api \
    "SELECT count(*) = 1 FROM information_schema.columns WHERE table_name = 'Patient' AND column_name LIKE 'dateOfBirth%'"
holds "both are kept aside" healthcare_api "SELECT count(*) = 2 FROM limosa.aside WHERE state = 'kept'"
fleet --service api down --steps 2 --reason rehearsal
holds "and come back with every row" healthcare_api "SELECT ($vitals) = '$there'"
fleet up

# Somebody changes a database by hand.
psql -Xq -d healthcare_pharmacy -c 'ALTER TABLE "Prescription" ADD COLUMN "hotfix" TEXT'
fails 1 fleet drift >"$work/drift" 2>&1
grep -q hotfix "$work/drift"
psql -Xq -d healthcare_pharmacy -c 'ALTER TABLE "Prescription" DROP COLUMN "hotfix"'
echo "✓ drift is found, in one service of eight"

# A migration that fails half-way: what stands before stays, on record, and the same command goes on.
half=services/imaging-service/prisma/migrations/20241223130000_add_half
mkdir "$half"
cat >"$half/migration.sql" <<'SQL'
CREATE TABLE "Scratch" ("id" INT, "createdAt" TIMESTAMP(3) NOT NULL DEFAULT now(), "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT now());
INSERT INTO "Scratch" VALUES (1), (1);
CREATE INDEX CONCURRENTLY "Scratch_createdAt_idx" ON "Scratch"("createdAt");
CREATE UNIQUE INDEX CONCURRENTLY "Scratch_id_key" ON "Scratch"("id");
SQL
code=0
fleet --service imaging up 2>"$work/half" || code=$?
[ "$code" != 0 ]
holds "the first half is there" healthcare_imaging "SELECT to_regclass('\"Scratch_createdAt_idx\"') IS NOT NULL"
psql -Xq -d healthcare_imaging -c 'DELETE FROM "Scratch" WHERE ctid = (SELECT min(ctid) FROM "Scratch")'
fleet --service imaging up
holds "the same command goes on, and drops what the failed build had left" healthcare_imaging \
    "SELECT indisvalid FROM pg_index WHERE indexrelid = '\"Scratch_id_key\"'::regclass"

# One whose process is killed in its midst: batches that were committed stay, and the same command does the rest.
killed=services/api/prisma/migrations/20241224090000_add_search_name
mkdir "$killed"
cat >"$killed/migration.sql" <<'SQL'
ALTER TABLE "Patient" ADD COLUMN "searchName" TEXT;
-- limosa: backfill batch-rows 50 pause 20ms
UPDATE "Patient" SET "searchName" = lower("lastName") WHERE "searchName" IS NULL;
SQL
limosa -q --url 'postgresql:///{database}' --service api up 2>/dev/null &
pid=$!
begun() { psql -XAtq -d healthcare_api -c "SELECT count(*) FROM pg_attribute WHERE attrelid = '\"Patient\"'::regclass AND attname = 'searchName'"; }
named() { psql -XAtq -d healthcare_api -c 'SELECT count("searchName") FROM "Patient"'; }
until [ "$(begun)" = 1 ] && [ "$(named)" -ge 100 ]; do kill -0 "$pid"; done
kill -9 "$pid"
wait "$pid" 2>/dev/null || true
done_before=$(named)
[ "$done_before" -lt "$(psql -XAtq -d healthcare_api -c 'SELECT count(*) FROM "Patient"')" ]
fails 1 fleet --service api status --check >/dev/null 2>&1
fleet --service api up
holds "killed after $done_before of its rows, and every row is done by the same command" healthcare_api \
    'SELECT count(*) FILTER (WHERE "searchName" IS NULL) = 0 AND count(*) > 0 FROM "Patient"'
fleet status --check >/dev/null

# A fleet to develop on begins anew: every database is emptied and filled again, in the same order.
rm -r "$half"
fleet --yes up --fresh
fleet status --check >/dev/null
holds "all of the fleet is there again, and empty" healthcare_api 'SELECT count(*) = 0 FROM "Patient"'
cd /
rm -r "$work"
