//! Proofs: up, down, up in a shadow; and up twice.

use limosa_testkit::servers;

use crate::project::Project;

#[test]
fn a_way_back_that_leaves_something_is_found_by_the_proof() {
    let project = Project::new()
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int);\nCREATE INDEX ON patient (id);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_create_visit.sql", "CREATE TABLE visit (id int);\nCREATE TYPE mood AS ENUM ('ok');\n")
        .with("migrations/002_create_visit.down.sql", "DROP TABLE visit;\n");
    let proof = project.limosa("prove").exits(1);
    for line in ["✓ 001 create_patient", "the way back leaves something else", "enum type public.mood was added"] {
        assert!(proof.all().contains(line), "{line:?} is missing in {proof}");
    }
}

#[test]
fn what_was_proven_is_known_until_something_before_it_changes() {
    let project = Project::new()
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_add_name.sql", "ALTER TABLE patient ADD name text;\n")
        .with("migrations/002_add_name.down.sql", "ALTER TABLE patient DROP name;\n")
        .with("migrations/003_add_age.sql", "ALTER TABLE patient ADD age int;\n");
    project.limosa("prove").exits(0).says("2 of 3 migrations proven\n");
    project.limosa("prove").exits(0).says("2 of 3 migrations proven, 3 of them earlier");
    project.write("migrations/002_add_name.down.sql", "ALTER TABLE patient DROP COLUMN name;\n");
    let json = project.limosa("--json prove").exits(0).json();
    let known: Vec<_> = (0..3).map(|index| json[index]["known"].as_bool()).collect();
    assert_eq!(known, [Some(true), Some(false), Some(true)], "a way back concerns its own migration: {json}");
    project.write("migrations/001_create_patient.sql", "CREATE TABLE patient (id bigint);\n");
    project.limosa("prove").exits(0).says("2 of 3 migrations proven\n");
    project.limosa("prove --no-cache").exits(0).says("2 of 3 migrations proven\n");
}

#[test]
fn columns_in_another_order_are_a_note() {
    let project = Project::new()
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int, name text, age int);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_drop_name.sql", "-- limosa: allow deletes-data\nALTER TABLE patient DROP name;\n")
        .with("migrations/002_drop_name.down.sql", "ALTER TABLE patient ADD name text;\n");
    for _ in 0..2 {
        let proof = project.limosa("prove").exits(0).says("2 of 2 migrations proven");
        let note = "the columns of public.patient stand in another order: id, age, name, before id, name, age";
        assert!(proof.stdout.contains(&note.replace("public.patient", "\"public\".\"patient\"")), "{proof}");
    }
}

#[test]
fn migrations_that_shall_run_twice_are_run_twice() {
    let project = Project::new()
        .with("migrations/001_create_patient.sql", "CREATE TABLE IF NOT EXISTS patient (id int PRIMARY KEY);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_create_kind.sql", "CREATE TABLE kind (name text);\n")
        .with("migrations/002_create_kind.down.sql", "DROP TABLE kind;\n")
        .with("migrations/003_fill_kind.sql", "INSERT INTO kind VALUES ('a'), ('b');\n")
        .with("migrations/003_fill_kind.down.sql", "DELETE FROM kind WHERE name IN ('a', 'b');\n")
        .with(
            "migrations/004_number_patients.sql",
            "CREATE INDEX ON patient (id);\nINSERT INTO patient VALUES (1) ON CONFLICT DO NOTHING;\n",
        )
        .with("migrations/004_number_patients.down.sql", "DROP INDEX patient_id_idx;\n")
        .with("migrations/005_index_kind.sql", "CREATE INDEX CONCURRENTLY IF NOT EXISTS kind_name ON kind (name);\n")
        .with("migrations/005_index_kind.down.sql", "DROP INDEX kind_name;\n");
    project.limosa("prove").exits(0).says("5 of 5 migrations proven");
    let twice = project.limosa("prove --twice").exits(1);
    for line in [
        "✓ 001 create_patient",
        "✗ 002 create_kind  it fails on top of itself",
        "✗ 003 fill_kind  on top of itself it changes rows",
        "public.kind: 22 rows, then 24",
        "✗ 004 number_patients  on top of itself it makes something else",
        "index public.patient_id_idx1 was added",
        "✓ 005 index_kind",
        "2 of 5 migrations proven",
    ] {
        assert!(twice.all().contains(line), "{line:?} is missing in {twice}");
    }
}

const PATIENT: &str = "CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, ssn text);\n";

#[test]
fn a_loss_is_a_finding_until_it_is_allowed() {
    let project = Project::new()
        .with("migrations/001_create_patient.sql", PATIENT)
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_drop_ssn.sql", "ALTER TABLE patient DROP ssn;\n")
        .with("migrations/002_drop_ssn.down.sql", "ALTER TABLE patient ADD ssn text;\n");
    let proof = project.limosa("prove").exits(1);
    for line in [
        "✗ 002 drop_ssn  it loses 20 values of public.patient.ssn",
        "error[loses-data]: 002 drop_ssn loses 20 values of public.patient.ssn, and its way back does not",
        "20 values of public.patient.ssn: 'ssn 1001', then null",
        "-- limosa: allow deletes-data",
        "1 of 2 migrations proven",
    ] {
        assert!(proof.all().contains(line), "{line:?} is missing in {proof}");
    }
    let json = project.limosa("--json prove").exits(1).json();
    assert_eq!(json[1]["verdict"], "loses-data", "{json}");
    let loss = &json[1]["losses"][0];
    assert_eq!((loss["table"].as_str(), loss["column"].as_str()), (Some("public.patient"), Some("ssn")), "{json}");
    assert_eq!(loss["count"], 20, "{json}");
    assert_eq!(json[1]["rows"][0]["rows"], 20, "{json}");
    let check = project.limosa("check --only proofs").exits(1);
    assert!(check.all().contains("loses 20 values of public.patient.ssn"), "{check}");
    project.write("migrations/002_drop_ssn.sql", "-- limosa: allow deletes-data\nALTER TABLE patient DROP ssn;\n");
    let told = "✓ 002 drop_ssn  it loses 20 values of public.patient.ssn, as is allowed";
    for _ in 0..2 {
        project.limosa("prove").exits(0).says(told).says("2 of 2 migrations proven");
    }
    project.limosa("check --only proofs").exits(0).says("2 lead back");
}

#[test]
fn what_could_not_be_proven_with_rows_is_said() {
    let project = Project::new()
        .with(
            "migrations/001_create.sql",
            "CREATE TABLE odd (id int NOT NULL CHECK (id > 3 AND id < 2));\nCREATE TABLE kind (name text NOT NULL);\n",
        )
        .with("migrations/001_create.down.sql", "DROP TABLE odd, kind;\n")
        .with("migrations/002_weigh.sql", "ALTER TABLE kind ADD weight int NOT NULL;\n")
        .with("migrations/002_weigh.down.sql", "ALTER TABLE kind DROP weight;\n");
    for _ in 0..2 {
        let proof = project.limosa("prove").exits(0).says("2 of 2 migrations proven").says("1 table without rows");
        for line in [
            "– public.odd has no rows: no values were found for id",
            "proven without rows, with which it fails: column \"weight\" of relation \"kind\" contains null values",
        ] {
            assert!(proof.all().contains(line), "{line:?} is missing in {proof}");
        }
    }
}

#[test]
fn rows_have_values_that_domains_take() {
    let project = Project::new()
        .with(
            "migrations/001_create.sql",
            "CREATE DOMAIN amount AS int CHECK (value > 0);\n\
             CREATE DOMAIN filled AS text NOT NULL CHECK (value <> '');\n\
             CREATE DOMAIN code AS text CHECK (length(value) = 5);\n\
             CREATE DOMAIN plate AS text CHECK (value ~ '^[A-Z]{2}-[0-9]{3}$');\n\
             CREATE DOMAIN never AS int CHECK (value > 3 AND value < 2);\n\
             CREATE TABLE bill (id int PRIMARY KEY, amount amount, filled filled, code code NOT NULL, plate plate);\n\
             CREATE TABLE odd (id int PRIMARY KEY, number never NOT NULL);\n",
        )
        .with("migrations/002_other.sql", "ALTER TABLE bill ADD other text;\n")
        .with("migrations/002_other.down.sql", "-- limosa: allow deletes-data\nALTER TABLE bill DROP other;\n");
    let proof = project.limosa("prove").exits(0).says("1 of 2 migrations proven").says("1 table without rows");
    let reason = "– public.odd has no rows: no values were found for number";
    assert!(proof.all().contains(reason), "{proof}");
}

/// A migration looks itself for what has to be there.
#[test]
fn rows_are_those_of_seeds_as_far_as_they_fit() {
    let project = Project::new()
        .with("seeds/country.csv", "code,name\nde,Deutschland\nfr,France\n")
        .with("seeds/patient.yaml", "- id: 7\n  born: 1980-01-01\n  country->country.code: fr\n")
        .with("seeds/visit.csv", "id\n1\n")
        .with("limosa.toml", "[project]\nname = \"clinic\"\n[seed.country]\nmode = \"sync\"\n")
        .with(
            "migrations/001_create.sql",
            "CREATE TABLE country (code text PRIMARY KEY, name text NOT NULL);\n\
             CREATE TABLE patient (id int PRIMARY KEY, country text REFERENCES country);\n\
             INSERT INTO country VALUES ('xx', 'Nowhere');\n",
        )
        .with("migrations/001_create.down.sql", "DROP TABLE patient, country;\n")
        .with("migrations/002_add_born.sql", "ALTER TABLE patient ADD born date;\n")
        .with("migrations/002_add_born.down.sql", "ALTER TABLE patient DROP born;\n")
        .with(
            "migrations/003_look.sql",
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM patient WHERE id = 7 AND country = 'fr')\n\
             THEN RAISE 'the seeds are not there'; END IF; END $$;\nALTER TABLE country DROP name;\n",
        )
        .with(
            "migrations/003_look.down.sql",
            "ALTER TABLE country ADD name text;\nUPDATE country SET name = '?';\n\
              ALTER TABLE country ALTER name SET NOT NULL;\n",
        )
        .with("migrations/004_create_visit.sql", "CREATE TABLE visit (id int PRIMARY KEY);\n")
        .with("migrations/004_create_visit.down.sql", "DROP TABLE visit;\n");
    let proof = project.limosa("prove --rows seeds").exits(1);
    for line in [
        "✗ 003 look  it loses 3 values of public.country.name",
        "the rows of seed visit are not there: there is no table `visit`",
        "3 of 4 migrations proven",
    ] {
        assert!(proof.all().contains(line), "{line:?} is missing in {proof}");
    }
    let json = project.limosa("--json prove --rows seeds").exits(1).json();
    assert_eq!(json[1]["left_out"][0]["seed"], "patient", "it has a column that comes later: {json}");
    assert_eq!(json[2]["left_out"][0]["seed"], "visit", "{json}");
    assert_eq!(json[3]["known"], true, "{json}");
    project.write("seeds/country.csv", "code,name\nde,Deutschland\nfr,France\nit,Italia\n");
    let more = project.limosa("prove --rows seeds").exits(1);
    assert!(more.all().contains("it loses 4 values of public.country.name"), "other seeds are other rows: {more}");
}

/// The migrations themselves look for what must not be there.
#[test]
fn rows_of_an_environment_come_masked() {
    for server in servers() {
        let database = server.fresh_database();
        let project = Project::new()
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\n[env.prod]\nurl = \"env:PROD_URL\"\n\
                 [mask]\n\"patient.code\" = \"shuffle\"\n\"patient.note\" = \"sql:left(note, 1)\"\n",
            )
            .with(
                "migrations/001_create.sql",
                "CREATE TABLE patient (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,\n\
                 email varchar(40) NOT NULL UNIQUE, ssn text, birth_date date, code text, note text, boss bigint\n\
                 REFERENCES patient);\n\
                 CREATE TABLE login (email varchar(40) PRIMARY KEY REFERENCES patient (email), hits int);\n",
            )
            .with("migrations/001_create.down.sql", "DROP TABLE login, patient;\n")
            .variable("PROD_URL", database.url());
        project.limosa("--env prod up").exits(0);
        database.execute(
            "INSERT INTO patient (name, email, ssn, birth_date, code, note, boss)
             SELECT 'Real ' || n, 'real' || n || '@clinic.test', '123-' || n, '1980-01-01'::date + n % 300,
                    'code ' || n, 'note ' || n,
                    nullif(n / 2, 0) FROM generate_series(1, 1000) n;
             INSERT INTO login SELECT email, id FROM patient WHERE id BETWEEN 400 AND 600",
        );
        project.write(
            "migrations/002_drop_ssn.sql",
            "DO $$ BEGIN\n\
             IF EXISTS (SELECT FROM patient WHERE name LIKE 'Real%' OR email LIKE 'real%' OR ssn LIKE '123-%'\n\
             OR length(note) > 1) THEN RAISE EXCEPTION 'not masked'; END IF;\n\
             IF EXISTS (SELECT FROM login WHERE email LIKE 'real%') THEN RAISE EXCEPTION 'not masked'; END IF;\n\
             IF (SELECT count(*) FROM login JOIN patient USING (email)) <> 40 THEN RAISE 'keys are lost'; END IF;\n\
             IF EXISTS (SELECT FROM patient p WHERE boss IS NOT NULL AND NOT EXISTS\n\
             (SELECT FROM patient WHERE id = p.boss)) THEN RAISE 'references are lost'; END IF;\n\
             IF (SELECT count(DISTINCT birth_date) FROM patient) < 5 THEN RAISE 'not masked'; END IF;\n\
             IF NOT EXISTS (SELECT FROM patient WHERE email LIKE 'user-%@example.com' AND code LIKE 'code %'\n\
             AND date_part('year', birth_date) = 1980) THEN RAISE 'there are no rows'; END IF;\n\
             END $$;\nALTER TABLE patient DROP ssn;\n",
        );
        project.write("migrations/002_drop_ssn.down.sql", "ALTER TABLE patient ADD ssn text;\n");
        let proof = project.limosa("prove --rows env:prod --sample 40").exits(1);
        for line in [
            "public.patient.email (email)",
            "public.patient.name (name)",
            "public.patient.ssn (hash)",
            "public.patient.code (shuffle, as [mask] says)",
            "public.login.email (email, as what it refers to)",
            "values of public.patient.ssn",
            "0 of 1 migrations proven",
        ] {
            assert!(proof.all().contains(line), "{line:?} is missing in {proof}");
        }
        for secret in ["Real", "@clinic.test", "123-"] {
            assert!(!proof.all().contains(secret), "{secret:?} is in {proof}");
        }
        project.write("migrations/003_ssn_again.sql", "ALTER TABLE login ADD at timestamptz NOT NULL;\n");
        project.write("migrations/003_ssn_again.down.sql", "ALTER TABLE login DROP at;\n");
        let fails = project.limosa("prove --rows env:prod --sample 40").exits(1);
        assert!(fails.all().contains("✗ 003 ssn_again  it fails on these rows"), "{fails}");
        let wrong =
            "[project]\nname = \"clinic\"\n[env.prod]\nurl = \"env:PROD_URL\"\n[mask]\n\"patient.name\" = \"null\"\n";
        project.write("limosa.toml", wrong);
        let refused = project.limosa("prove --rows env:prod").exits(1);
        assert!(refused.all().contains("public.patient.name, which must not be null"), "{refused}");
    }
}

#[test]
fn a_sample_leaves_out_what_is_set_aside() {
    for server in servers() {
        let database = server.fresh_database();
        let project = Project::new()
            .with("limosa.toml", "[project]\nname = \"clinic\"\n[env.prod]\nurl = \"env:PROD_URL\"\n")
            .with("migrations/001_create.sql", "CREATE TABLE patient (id int PRIMARY KEY, ssn text);\n")
            .with("migrations/001_create.down.sql", "DROP TABLE patient;\n")
            .variable("PROD_URL", database.url());
        project.limosa("--env prod up").exits(0);
        database.execute("INSERT INTO patient SELECT n, '123-' || n FROM generate_series(1, 50) n");
        project.write("migrations/002_drop.sql", "-- limosa: set-aside 30d\nALTER TABLE patient DROP ssn;\n");
        project.write("migrations/002_drop.down.sql", "ALTER TABLE patient ADD ssn text;\n");
        project.limosa("--env prod up").exits(0);
        project.write(
            "migrations/003_look.sql",
            "DO $$ BEGIN IF (SELECT count(*) FROM patient) <> 40 THEN RAISE 'there are no rows'; END IF; END $$;\n\
             ALTER TABLE patient ADD seen date;\n",
        );
        project.write("migrations/003_look.down.sql", "ALTER TABLE patient DROP seen;\n");
        let proof = project.limosa("prove --rows env:prod --sample 40").exits(0);
        assert!(proof.all().contains("1 of 1 migrations proven") && !proof.all().contains("ssn"), "{proof}");
    }
}
