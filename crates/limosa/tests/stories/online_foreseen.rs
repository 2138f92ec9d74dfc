//! What would stop a contract is said by `plan` and `up` already, before anything changes.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, age text, note text);
CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient (id), fee numeric);
INSERT INTO patient SELECT i, 'name ' || i, i % 90, NULL FROM generate_series(1, 500) i;
";

/// A project with its first migration applied.
fn begun(database: &Database, setup: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", format!("{SETUP}{setup}"));
    project.limosa("up").exits(0);
    project
}

/// That `plan` and `up` refuse this migration, say these things, and have changed nothing.
fn refused(database: &Database, setup: &str, up: &str, says: &[&str]) {
    let project = begun(database, setup);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}\n"));
    let before = project.limosa("snapshot").exits(0).stdout;
    for verb in ["plan", "up"] {
        let mut said = project.limosa(verb).fails();
        for text in says {
            said = said.says(text);
        }
    }
    assert_eq!(project.limosa("snapshot").exits(0).stdout, before, "{up}");
    assert_eq!(rows(database, "SELECT count(*) FROM limosa.online"), ["0"], "after {up}");
}

/// That this one is applied and contracted, and that no drift is left.
fn contracted(database: &Database, setup: &str, up: &str) -> Project {
    let project = begun(database, setup);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}\n"));
    project.limosa("up").exits(0);
    project.limosa("contract --quiet-window 50ms").exits(0);
    project.limosa("drift").exits(0);
    project
}

#[test]
fn what_keeps_a_column_from_going_is_named_with_the_way() {
    for (setup, says) in [
        ("CREATE VIEW noted AS SELECT id, note FROM patient;\n", "`DROP VIEW"),
        ("CREATE MATERIALIZED VIEW noted AS SELECT id, note FROM patient;\n", "`DROP MATERIALIZED VIEW"),
        (
            "ALTER TABLE patient ENABLE ROW LEVEL SECURITY;\n\
             CREATE POLICY noted ON patient USING (note IS NULL);\n",
            "`DROP POLICY",
        ),
        (
            "CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n\
             CREATE TRIGGER noted AFTER UPDATE OF note ON patient FOR EACH ROW EXECUTE FUNCTION loud();\n",
            "`DROP TRIGGER",
        ),
        ("CREATE RULE noted AS ON UPDATE TO patient WHERE NEW.note = 'x' DO INSTEAD NOTHING;\n", "`DROP RULE"),
        (
            "CREATE FUNCTION noted(bigint) RETURNS text LANGUAGE sql STABLE \
             BEGIN ATOMIC SELECT note FROM patient WHERE id = $1; END;\n",
            "`DROP FUNCTION",
        ),
        (
            "CREATE PROCEDURE noted(bigint) LANGUAGE sql \
             BEGIN ATOMIC UPDATE patient SET note = NULL WHERE id = $1; END;\n",
            "`DROP PROCEDURE",
        ),
        ("ALTER TABLE patient ADD COLUMN noted text GENERATED ALWAYS AS (upper(note)) STORED;\n", "`ALTER TABLE"),
    ] {
        on_servers(|database| {
            let up = "ALTER TABLE patient DROP COLUMN note;";
            refused(database, setup, up, &["^^^^", "noted", says, "CASCADE"]);
        });
    }
    on_servers(|database| {
        refused(database, "", "ALTER TABLE patient DROP COLUMN id;", &["visit_patient_id_fkey", "DROP CONSTRAINT"]);
    });
}

#[test]
fn what_keeps_other_things_from_going_is_named_too() {
    for (setup, up, says) in [
        ("CREATE VIEW due AS SELECT fee FROM visit;\n", "DROP TABLE visit;", "DROP VIEW \"public\".\"due\""),
        ("", "DROP TABLE patient;", "visit_patient_id_fkey"),
        (
            "CREATE VIEW due AS SELECT fee FROM visit;\nCREATE VIEW sums AS SELECT sum(fee) FROM due;\n",
            "DROP VIEW due;",
            "DROP VIEW \"public\".\"sums\"",
        ),
        ("", "ALTER TABLE patient DROP CONSTRAINT patient_pkey;", "visit_patient_id_fkey"),
    ] {
        on_servers(|database| refused(database, setup, up, &["^^^^", says, "CASCADE"]));
    }
}

#[test]
fn a_table_loses_a_column_and_gets_another_name_there_and_back() {
    on_servers(|database| {
        let up = "ALTER TABLE patient DROP COLUMN note;\nALTER TABLE patient ADD COLUMN town text;\n\
                  ALTER TABLE patient RENAME TO person;";
        let project = contracted(database, "", up);
        project.limosa("down").exits(0);
        database.execute("INSERT INTO patient (id, name, note) VALUES (501, 'old', 'n')");
        database.execute("INSERT INTO person (id, name, town) VALUES (502, 'new', 't')");
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT count(*), count(note) FROM patient"), ["502|1"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_goes_before_keeps_nothing() {
    for (setup, up) in [
        (
            "CREATE VIEW noted AS SELECT id, note FROM patient;\nCREATE VIEW more AS SELECT * FROM noted;\n",
            "DROP VIEW more, noted;\nALTER TABLE patient DROP COLUMN note;\n\
             CREATE VIEW noted AS SELECT id FROM patient;\nCREATE VIEW more AS SELECT * FROM noted;",
        ),
        (
            "CREATE VIEW noted AS SELECT id, note FROM patient;\n",
            "-- limosa: phase contract\nCREATE OR REPLACE VIEW noted AS SELECT id, NULL::text AS note FROM patient;\n\
             ALTER TABLE patient DROP COLUMN note;",
        ),
        ("", "ALTER TABLE visit DROP COLUMN patient_id;\nDROP TABLE patient;"),
        ("", "ALTER TABLE visit DROP CONSTRAINT visit_patient_id_fkey;\nDROP TABLE patient;"),
        ("", "DROP TABLE visit, patient;"),
        (
            "CREATE FUNCTION noted(bigint) RETURNS text LANGUAGE sql STABLE \
             BEGIN ATOMIC SELECT note FROM patient WHERE id = $1; END;\n\
             CREATE FUNCTION noted(text) RETURNS text LANGUAGE sql RETURN $1;\n",
            "DROP FUNCTION noted(bigint);\nALTER TABLE patient DROP COLUMN note;\n\
             COMMENT ON FUNCTION noted(text) IS 'as it is';",
        ),
        (
            "CREATE FUNCTION noted(who bigint) RETURNS text LANGUAGE sql STABLE \
             BEGIN ATOMIC SELECT note FROM patient WHERE id = who; END;\n",
            "DROP FUNCTION noted;\nALTER TABLE patient DROP COLUMN note;\n\
             CREATE FUNCTION noted(who bigint) RETURNS text LANGUAGE sql STABLE \
             BEGIN ATOMIC SELECT name FROM patient WHERE id = who; END;\n\
             REVOKE ALL ON FUNCTION noted(bigint) FROM PUBLIC;\nCOMMENT ON FUNCTION noted IS 'its name';",
        ),
        (
            "ALTER TABLE patient ADD COLUMN loud text GENERATED ALWAYS AS (upper(note)) STORED;\n\
             CREATE INDEX patient_note ON patient (note, age);\nALTER TABLE patient ADD CHECK (note <> age);\n",
            "ALTER TABLE patient DROP COLUMN loud;\nALTER TABLE patient DROP COLUMN note;",
        ),
    ] {
        on_servers(|database| drop(contracted(database, setup, up)));
    }
}

#[test]
fn cascade_takes_along_what_the_plan_names() {
    on_servers(|database| {
        let project = begun(
            database,
            "CREATE VIEW noted AS SELECT id, note FROM patient;\nCREATE VIEW more AS SELECT * FROM noted;\n\
             CREATE VIEW others AS SELECT note FROM patient;\n",
        );
        let up = "ALTER TABLE patient DROP COLUMN note CASCADE;\nCREATE VIEW noted AS SELECT id FROM patient;\n";
        project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
        let along = "CASCADE takes view public.more, view public.noted, view public.others along with contract";
        project.limosa("plan").exits(0).says(along);
        project.limosa("up").exits(0).says(along);
        assert_eq!(rows(database, "SELECT count(more.note) FROM more, others"), ["0"]);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT viewname FROM pg_views WHERE schemaname = 'public'"), ["noted"]);
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let views = "SELECT string_agg(viewname, ' ' ORDER BY viewname) FROM pg_views WHERE schemaname = 'public'";
        assert_eq!(rows(database, views), ["more noted others"]);
    });
}

#[test]
fn plain_statements_that_would_hang_on_what_goes_are_refused_before_they_begin() {
    on_servers(|database| {
        let project = begun(database, "");
        let open = "-- limosa: online\n\nALTER TABLE patient ALTER COLUMN note TYPE varchar(90);\n\
                    ALTER TABLE visit RENAME COLUMN fee TO price;\n";
        project.write("migrations/002_change.sql", open);
        project.limosa("up").exits(0);
        for plain in [
            "CREATE INDEX patient_note ON patient (note)",
            "ALTER TABLE patient ADD CHECK (note <> '')",
            "ALTER TABLE patient ALTER COLUMN note SET NOT NULL",
            "ALTER TABLE patient RENAME TO person",
            "ALTER TABLE patient RENAME COLUMN note TO remark",
            "ALTER TABLE visit DROP COLUMN fee",
            "ALTER TABLE visit DROP COLUMN price",
            "ALTER TABLE visit ALTER COLUMN fee TYPE bigint",
            "CREATE INDEX visit_price ON visit (price)",
        ] {
            let file = format!("CREATE TABLE other (id int);\n{plain};\n");
            project.write("migrations/003_plain.sql", &file);
            for verb in ["plan", "up"] {
                let refused = project.limosa(verb).fails().says("open-change").says("`limosa contract 002`");
                refused.says(&format!("2 | {plain};")).says("^^^^");
            }
            assert_eq!(rows(database, "SELECT to_regclass('other')"), ["NULL"], "{plain} was begun");
        }
        let harmless = "CREATE INDEX visit_fee ON visit (fee);\nCREATE INDEX patient_age ON patient (age);\n\
                        -- limosa: allow open-change\nCREATE INDEX patient_note ON patient (note);\n";
        project.write("migrations/003_plain.sql", harmless);
        project.limosa("plan").exits(0);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").fails().says("came-to-hang").says("patient_note");
        database.execute("DROP INDEX patient_note");
        project.limosa("contract --quiet-window 50ms").exits(0);
    });
}

#[test]
fn a_key_that_goes_is_not_referred_to() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE visit DROP COLUMN patient_id;\n");
        project
            .write("migrations/002_change.sql", "-- limosa: online\n\nALTER TABLE patient ALTER COLUMN id TYPE int;\n");
        project.write("migrations/003_plain.sql", "CREATE TABLE bill (patient_id int REFERENCES patient);\n");
        project.limosa("plan").exits(0).says("warning[open-change]").says("id goes with the contract of 002");
        project.limosa("up").fails().says("open-change").says("^^^^");
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("up").exits(0);
    });
}

#[test]
fn a_rename_waits_for_a_change_that_makes_again_what_reads_the_name() {
    on_servers(|database| {
        let project = begun(
            database,
            "CREATE VIEW ages AS SELECT id, age FROM patient;\n\
             CREATE VIEW named AS SELECT a.age, p.name FROM ages a JOIN patient p USING (id);\n\
             CREATE PROCEDURE older() LANGUAGE sql \
             BEGIN ATOMIC UPDATE patient SET age = age || '', note = note || ''; END;\n",
        );
        project.write(
            "migrations/002_age.sql",
            "-- limosa: online\n\nALTER TABLE patient ALTER COLUMN age TYPE varchar(9);\n",
        );
        project.write(
            "migrations/003_name.sql",
            "-- limosa: online\n\nALTER TABLE patient RENAME COLUMN name TO title;\n",
        );
        project.write(
            "migrations/004_note.sql",
            "-- limosa: online\n\nALTER TABLE patient RENAME COLUMN note TO remark;\n",
        );
        project.limosa("up").exits(0);
        for (version, reader) in [("003", "view public.named"), ("004", "procedure public.older()")] {
            let refused = project.limosa(&format!("contract {version} --quiet-window 50ms")).fails();
            refused.says("not-in-order").says(reader).says("limosa contract 002");
        }
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT count(title) FROM patient"), ["500"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_is_new_and_reads_what_becomes_another_is_made_with_contract() {
    on_servers(|database| {
        let up = "DROP VIEW ages;\nALTER TABLE patient ALTER COLUMN age TYPE int USING age::int;\n\
                  CREATE VIEW ages AS SELECT id, age FROM patient;\n\
                  CREATE VIEW sums AS SELECT sum(age) AS sum FROM patient;\n\
                  CREATE VIEW older AS SELECT id, age + 1 AS age FROM ages;\nCOMMENT ON VIEW older IS 'next year';\n";
        let project = contracted(database, "CREATE VIEW ages AS SELECT id, age FROM patient;\n", up);
        assert_eq!(rows(database, "SELECT sum FROM sums"), rows(database, "SELECT sum(age - 1) FROM older"));
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT to_regclass('sums'), pg_typeof(max(age)) FROM ages"), ["NULL|text"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_column_is_not_dropped_while_its_table_has_two_names() {
    on_servers(|database| {
        let project = begun(database, "");
        project.write("migrations/002_name.sql", "-- limosa: online\n\nALTER TABLE patient RENAME TO person;\n");
        project.limosa("up").exits(0);
        project.write("migrations/003_note.sql", "-- limosa: online\n\nALTER TABLE patient DROP COLUMN note;\n");
        project.limosa("up").fails().says("until the contract of 002, person is a view").says("`limosa contract 002`");
        project.write("migrations/003_note.sql", "-- limosa: online\n\nALTER TABLE person DROP COLUMN note;\n");
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_cannot_be_made_over_the_new_type_is_named_before_anything_changes() {
    let retyped = "ALTER TABLE patient ALTER COLUMN age TYPE int USING age::int;\n";
    for (setup, up, says) in [
        // Only the live database has it.
        (
            "CREATE VIEW ages AS SELECT id, age || ' years' AS age, upper(age) AS loud FROM patient;\n",
            retyped.to_owned(),
            ["ages cannot be made again over the new types", "upper(integer)"],
        ),
        (
            "CREATE MATERIALIZED VIEW ages AS SELECT upper(age) AS loud FROM patient;\n",
            retyped.to_owned(),
            ["ages cannot be made again over the new types", "upper(integer)"],
        ),
        (
            "CREATE VIEW ages AS SELECT id, age FROM patient;\n",
            format!("DROP VIEW ages;\n{retyped}CREATE VIEW ages AS SELECT upper(p.age) AS loud FROM public.patient p;"),
            ["^^^^^^", "upper(integer)"],
        ),
        (
            "CREATE MATERIALIZED VIEW ages AS SELECT id, age FROM patient;\n",
            format!(
                "DROP MATERIALIZED VIEW ages;\n{retyped}CREATE MATERIALIZED VIEW ages AS \
                 SELECT age LIKE '1%' AS young FROM patient WITH NO DATA;"
            ),
            ["^^^^^^", "integer ~~ unknown"],
        ),
        (
            "CREATE FUNCTION aged(text) RETURNS bigint LANGUAGE sql STABLE \
             BEGIN ATOMIC SELECT count(*) FROM patient WHERE age = $1; END;\n",
            format!(
                "DROP FUNCTION aged(text);\n{retyped}CREATE FUNCTION aged(text) RETURNS bigint LANGUAGE sql STABLE \
                 BEGIN ATOMIC SELECT count(*) FROM patient WHERE age = $1; END;"
            ),
            ["^^^^^^", "integer = text"],
        ),
    ] {
        on_servers(|database| {
            let project = begun(database, setup);
            project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}\n"));
            let before = project.limosa("snapshot").exits(0).stdout;
            project.limosa("up").fails().says(says[0]).says(says[1]);
            assert_eq!(project.limosa("snapshot").exits(0).stdout, before, "{up}");
            assert_eq!(rows(database, "SELECT count(*) FROM limosa.online"), ["0"], "after {up}");
        });
    }
}

#[test]
fn what_fits_the_columns_as_they_will_be_is_not_stopped_by_a_trial() {
    for (setup, up) in [
        // Grouped by the key, over a renamed table, with what the migration adds, and over each other.
        (
            "CREATE VIEW live AS SELECT id, age FROM patient;\nCREATE VIEW more AS SELECT max(age) AS age FROM live;\n",
            "ALTER TABLE patient ALTER COLUMN id TYPE int;\n\
             ALTER TABLE patient ALTER COLUMN age TYPE int USING age::int;\n\
             ALTER TABLE patient ADD COLUMN seen date;\nALTER TABLE patient RENAME COLUMN name TO title;\n\
             CREATE TABLE stay (id int PRIMARY KEY, patient_id int);\n\
             CREATE VIEW stays AS SELECT p.title, p.seen, p.age + 1 AS next, count(s.id) FROM public.patient p \
             LEFT JOIN stay s ON s.patient_id = p.id GROUP BY p.id;\n\
             CREATE VIEW again AS SELECT public.stays.next * 2 AS twice FROM public.stays;",
        ),
        (
            "CREATE FUNCTION whole(patient) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.name';\n\
             CREATE VIEW wholes AS SELECT whole(patient) FROM patient;\n",
            "ALTER TABLE visit ALTER COLUMN fee TYPE bigint;\n\
             CREATE VIEW fees AS SELECT v.fee, whole(p) FROM visit v JOIN patient p ON p.id = v.patient_id;",
        ),
        (
            "CREATE MATERIALIZED VIEW ages AS SELECT age FROM patient;\n",
            "DROP MATERIALIZED VIEW ages;\nALTER TABLE patient ALTER COLUMN age TYPE int USING age::int;\n\
             CREATE MATERIALIZED VIEW ages AS SELECT age % 10 AS age FROM patient;\n\
             CREATE INDEX ages_age ON ages (age);",
        ),
    ] {
        let setup = format!("ALTER TABLE visit DROP CONSTRAINT visit_patient_id_fkey;\n{setup}");
        on_servers(|database| drop(contracted(database, &setup, up)));
    }
}

#[test]
fn what_an_open_change_makes_again_keeps_nothing_from_going_behind_it() {
    on_servers(|database| {
        let setup = "CREATE VIEW noted AS SELECT id, age, note FROM patient;\n";
        let project = begun(database, setup);
        let way = "DROP VIEW noted;\nALTER TABLE patient ALTER COLUMN age TYPE int USING age::int;\n\
                   CREATE VIEW noted AS SELECT id, age FROM patient;\n";
        project.write("migrations/002_age.sql", format!("-- limosa: online\n\n{way}"));
        project.write("migrations/003_note.sql", "-- limosa: online\n\nALTER TABLE patient DROP COLUMN note;\n");
        project.limosa("up").exits(0);
        assert_eq!(rows(database, "SELECT count(note) FROM noted"), ["0"], "the view is as it was");
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT sum(age) FROM noted"), ["21300"]);
        project.limosa("drift").exits(0);
    });
}
