//! What a down script drops is set aside as well, and comes back when its migration is applied again.

use limosa_testkit::Database;

use crate::place::{Place, on_servers};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE patient (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO patient SELECT i, 'name ' || i FROM generate_series(1, 20) i;
";

/// Makes a table with rows of its own, and columns, one of which it fills.
const UP: &str = "\
CREATE TABLE kind (id int PRIMARY KEY, label text NOT NULL UNIQUE);
INSERT INTO kind VALUES (1, 'first'), (2, 'second');
CREATE INDEX ON kind (lower(label));
ALTER TABLE kind ADD COLUMN rank int;
UPDATE kind SET rank = id;
ALTER TABLE patient ADD COLUMN kind int REFERENCES kind, ADD COLUMN phone text;
UPDATE patient SET phone = 'none';
ALTER TABLE patient ALTER COLUMN phone SET NOT NULL;
";
const DOWN: &str = "ALTER TABLE patient DROP COLUMN phone, DROP COLUMN kind;\nDROP TABLE kind;\n";

fn begun(database: &Database) -> Project {
    let project = Project::on(database)
        .with("migrations/001_setup.sql", SETUP)
        .with("migrations/002_kind.sql", UP)
        .with("migrations/002_kind.down.sql", DOWN);
    project.limosa("up").exits(0);
    // What people have entered since.
    database.execute("UPDATE patient SET phone = 'tel ' || id, kind = 1 + id % 2");
    database.execute("INSERT INTO kind VALUES (3, 'third', 30); UPDATE kind SET label = 'FIRST' WHERE id = 1");
    project
}

fn state(database: &Database) -> String {
    let patients = database.execute("SELECT id, name, kind, phone FROM patient ORDER BY id");
    let indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'kind' ORDER BY 1";
    let keys = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint \
                WHERE contype IN ('p', 'f', 'u') AND connamespace = 'public'::regnamespace ORDER BY 1";
    let kinds = database.execute("SELECT id, label, rank FROM kind ORDER BY id");
    format!("{patients:?}\n{kinds:?}\n{:?}\n{:?}", database.execute(indexes), database.execute(keys))
}

#[test]
fn what_a_down_script_drops_comes_back_with_the_next_up() {
    on_servers(|database| {
        let project = begun(database);
        let before = state(database);
        project.limosa("down").exits(0).says("kind is kept as limosa_aside_").says("patient.phone is kept as");
        assert_eq!(database.execute("SELECT to_regclass('kind') IS NULL")[0][0].as_deref(), Some("t"));
        project.limosa("status").exits(0).says("`limosa up`");
        project.limosa("drift").exits(0);
        project.limosa("up").exits(0).says("came back").says("`INSERT kind` is left out");
        assert_eq!(state(database), before);
        project.limosa("drift").exits(0);
        project.limosa("status").exits(0).never_says("set aside in");
        // And so with `redo`, which is both.
        project.limosa("redo").exits(0);
        assert_eq!(state(database), before);
    });
}

#[test]
fn rows_that_came_meanwhile_are_filled_and_no_others() {
    on_servers(|database| {
        let project = begun(database);
        project.limosa("down").exits(0);
        database.execute("INSERT INTO patient VALUES (99, 'new')");
        project.limosa("up").exits(0);
        let phones = database.execute("SELECT phone FROM patient WHERE id IN (7, 99) ORDER BY id");
        assert_eq!(phones, [[Some("tel 7".to_owned())], [Some("none".to_owned())]]);
    });
}

#[test]
fn rows_that_nothing_fills_are_named_before_a_value_is_demanded() {
    on_servers(|database| {
        let up = "ALTER TABLE patient ADD day date NOT NULL DEFAULT now();\n\
                  ALTER TABLE patient ALTER day DROP DEFAULT;\n";
        let project = Project::on(database)
            .with("migrations/001_setup.sql", SETUP)
            .with("migrations/002_day.sql", up)
            .with("migrations/002_day.down.sql", "ALTER TABLE patient DROP day;\n");
        project.limosa("up").exits(0);
        database.execute("UPDATE patient SET day = '2020-02-02'");
        project.limosa("down").exits(0);
        database.execute("INSERT INTO patient VALUES (99, 'new')");
        let refused = project.limosa("up").exits(1);
        assert!(refused.stderr.contains("error[missing-values]: 1 row of public.patient"), "{refused}");
        assert!(refused.stderr.contains("among them: id = 99"), "{refused}");
        assert!(
            refused.stderr.contains("nothing is in effect") && refused.stderr.contains("limosa purge 1"),
            "{refused}"
        );
        database.execute("UPDATE patient SET limosa_aside_1_day = '2021-01-01' WHERE id = 99");
        project.limosa("up").exits(0);
        let days = database.execute("SELECT DISTINCT day::text FROM patient ORDER BY 1");
        assert_eq!(days, [[Some("2020-02-02".to_owned())], [Some("2021-01-01".to_owned())]]);
    });
}

#[test]
fn a_loss_on_the_way_back_is_allowed_by_name_alone() {
    on_servers(|database| {
        let project = begun(database);
        project.limosa("down --allow deletes-data").exits(0).never_says("is kept");
        project.limosa("up").exits(0);
        assert_eq!(database.execute("SELECT count(*) FROM kind")[0][0].as_deref(), Some("2"));
        // What is empty goes.
        database.execute("UPDATE patient SET kind = NULL; DELETE FROM kind");
        project.write("migrations/002_kind.down.sql", "DROP TABLE kind CASCADE;\n");
        project.limosa("down --down-from file").exits(0).never_says("is kept");
        let allowed = "-- limosa: allow deletes-data\n\nALTER TABLE patient DROP COLUMN name;\n";
        project.write("migrations/001_setup.down.sql", allowed);
        project.limosa("down --down-from file").exits(0).never_says("is kept");
    });
    on_servers(|database| {
        let project = begun(database);
        project.write("migrations/002_kind.down.sql", "TRUNCATE kind CASCADE;\n");
        let refused = project.limosa("down --down-from file").exits(1);
        assert!(refused.stderr.contains("error[deletes-data]: this would lose the rows of kind"), "{refused}");
        assert!(refused.stderr.contains("limosa down --allow deletes-data"), "{refused}");
        assert_eq!(database.execute("SELECT count(*) FROM kind")[0][0].as_deref(), Some("3"));
    });
}

#[test]
fn a_migration_that_is_another_by_now_runs_as_it_is() {
    on_servers(|database| {
        let project = begun(database);
        project.limosa("down").exits(0);
        project.write("migrations/002_kind.sql", "CREATE TABLE kind (id int PRIMARY KEY);\n");
        project.limosa("up").exits(0).says("stays set aside").says("the migration is another since");
        assert_eq!(database.execute("SELECT count(*) FROM kind")[0][0].as_deref(), Some("0"));
        project.limosa("purge --all --allow deletes-data").exits(0).says("public.kind is gone");
        let left = "SELECT count(*) FROM pg_attribute WHERE attname LIKE 'limosa_aside%'";
        assert_eq!(database.execute(left)[0][0].as_deref(), Some("0"));
    });
    on_servers(|database| {
        let project = begun(database);
        project.write(
            "migrations/003_more.sql",
            "DO $$ BEGIN CREATE TABLE more (a int); INSERT INTO more VALUES (1); END $$;\n",
        );
        project.write("migrations/003_more.down.sql", "DROP TABLE more;\n");
        project.limosa("up").exits(0);
        database.execute("INSERT INTO more VALUES (2)");
        project.limosa("down").exits(0).says("more is kept as limosa_aside_1.more");
        project.limosa("up").exits(0).says("stays set aside");
        assert_eq!(database.execute("SELECT count(*) FROM limosa_aside_1.more")[0][0].as_deref(), Some("2"));
    });
}

#[test]
fn several_migrations_go_and_come_again() {
    let place = Place::Embedded;
    let project = Project::new()
        .with("limosa.toml", "[project]\nname = \"clinic\"\n")
        .with("migrations/001_setup.sql", SETUP)
        .with("migrations/001_setup.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_kind.sql", UP)
        .with("migrations/002_kind.down.sql", DOWN)
        .with("migrations/003_note.sql", "ALTER TABLE kind ADD note text DEFAULT 'x';\n")
        .with("migrations/003_note.down.sql", "ALTER TABLE kind DROP note;\n");
    project.limosa("up").exits(0);
    place.query(&project, "clinic", "UPDATE kind SET note = 'note ' || id");
    place.query(&project, "clinic", "UPDATE patient SET phone = 'tel ' || id, kind = 1");
    project.limosa("down --all").exits(0).says("kept as");
    project.limosa("up").exits(0).says("came back");
    let sql = "SELECT count(*) FROM patient JOIN kind ON kind.id = patient.kind WHERE phone = 'tel ' || patient.id \
               AND note = 'note 1'";
    assert_eq!(place.query(&project, "clinic", sql)[0][0].as_deref(), Some("20"));
}

#[test]
fn types_go_and_come_with_what_needs_them() {
    on_servers(|database| {
        let up = "CREATE TYPE mood AS ENUM ('good', 'bad');\nCREATE DOMAIN short AS text CHECK (length(VALUE) < 9);\n\
                  CREATE TABLE diary (id int PRIMARY KEY, mood mood NOT NULL, words short, moods mood[]);\n";
        let project = Project::on(database).with("migrations/001_diary.sql", up).with(
            "migrations/001_diary.down.sql",
            "DROP TABLE diary;\nDROP DOMAIN short;\nDROP TYPE IF EXISTS mood;\n",
        );
        project.limosa("up").exits(0);
        database.execute("INSERT INTO diary VALUES (1, 'bad', 'rain', '{bad,good}')");
        project.limosa("down").exits(0).says("mood is kept as limosa_aside_3.mood");
        assert_eq!(database.execute("SELECT to_regtype('mood') IS NULL")[0][0].as_deref(), Some("t"));
        project.limosa("drift").exits(0);
        project.limosa("up").exits(0).says("came back");
        let rows = "SELECT mood::text || words || moods::text FROM public.diary WHERE mood = 'bad'::public.mood";
        assert_eq!(database.execute(rows)[0][0].as_deref(), Some("badrain{bad,good}"));
        project.limosa("drift").exits(0);
        let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'limosa_aside%'";
        assert_eq!(database.execute(schemas)[0][0].as_deref(), Some("0"));
        project.limosa("down").exits(0);
        project.limosa("purge --all --allow deletes-data").exits(0).says("public.diary is gone");
        assert_eq!(database.execute(schemas)[0][0].as_deref(), Some("0"));
        project.limosa("up").exits(0);
    });
}
