//! Things that get another name: accepted on the command line, told by the schema file, offered, never guessed.

use limosa_testkit::servers;

use crate::place::on_servers;
use crate::project::Project;

const TOML: &str = "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                    [service.clinic]\nmigrations = \"migrations\"\nschema = \"schema.sql\"\n";

const PATIENT: &str = "CREATE TABLE patient (id bigint PRIMARY KEY, full_name text NOT NULL);\n\
                       CREATE INDEX patient_full_name_idx ON patient (full_name);\n";

/// A database with one patient in it, and a project that declares its schema.
fn begun(project: Project, database: &limosa_testkit::Database) -> Project {
    let project = project.with("limosa.toml", TOML).with("schema.sql", PATIENT);
    std::fs::create_dir(project.path().join("migrations")).unwrap();
    project.limosa("generate create_patient").exits(0);
    project.limosa("up").exits(0);
    database.execute("INSERT INTO patient VALUES (1, 'Ann')");
    project
}

#[test]
fn without_a_word_a_rename_is_a_loss_and_is_offered() {
    on_servers(|database| {
        let project = begun(Project::on(database), database);
        project.write("schema.sql", PATIENT.replace("full_name", "name"));
        let option = "--accept-rename column:public.patient.full_name=public.patient.name";
        let diff = project.limosa("diff db schema").exits(1).says("DROP COLUMN").says("both are text").says(option);
        assert!(diff.stdout.contains("-- deletes-data: column public.patient.full_name"), "{diff}");
        let json = project.limosa("--json diff db schema").exits(1).json();
        assert_eq!(json["rename_candidates"][0]["option"], option, "{json}");

        let renamed = project.limosa(&format!("diff db schema {option}")).exits(1).never_says("DROP");
        assert!(renamed.stdout.contains("RENAME COLUMN \"full_name\" TO \"name\""), "{renamed}");
        assert!(renamed.stdout.contains("ALTER INDEX \"public\".\"patient_full_name_idx\" RENAME"), "{renamed}");
        project.limosa("diff db schema --accept-rename patient.fullname=name").exits(2).says("there is no object");
    });
}

#[test]
fn a_generated_rename_keeps_the_rows_there_and_back() {
    on_servers(|database| {
        let project = begun(Project::on(database), database);
        project.write("schema.sql", PATIENT.replace("full_name", "name").replace("patient", "person"));
        let options = "--accept-rename patient=person --accept-rename patient.full_name=person.name";
        project.limosa(&format!("generate shorter_names {options}")).exits(0).never_says("deletes-data");
        project.limosa("up").exits(0);
        project.limosa("diff db schema").exits(0);
        assert_eq!(database.execute("SELECT name FROM person"), [[Some("Ann".to_owned())]]);
        project.limosa("down").exits(0);
        assert_eq!(database.execute("SELECT full_name FROM patient"), [[Some("Ann".to_owned())]]);
        project.limosa("up").exits(0);
        project.limosa("prove").exits(0).says("2 of 2 migrations proven");
    });
}

#[test]
fn a_rename_that_was_generated_on_one_version_runs_on_each() {
    // From 18 on, NOT NULL is a constraint that bears the column's name.
    on_servers(|database| {
        let project = begun(Project::on(database), database);
        project.write("schema.sql", PATIENT.replace("full_name", "name"));
        project.limosa("generate shorter --from db --accept-rename patient.full_name=name").exits(0);
        for other in servers() {
            let other = other.fresh_database();
            let there = format!("--url '{}'", other.url());
            project.limosa(&format!("{there} up")).exits(0);
            project.limosa(&format!("{there} diff db migrations")).exits(0);
            project.limosa(&format!("{there} down")).exits(0);
            other.execute("SELECT full_name FROM patient");
        }
    });
}

#[test]
fn the_schema_file_tells_what_was_renamed_and_may_tell_it_for_ever() {
    on_servers(|database| {
        let project = begun(Project::on(database), database);
        let schema = "-- limosa: renamed from patient\n\
                      CREATE TABLE person (\n  id bigint PRIMARY KEY,\n  \
                      name text NOT NULL -- limosa: renamed from full_name\n);\n\
                      CREATE INDEX by_name ON person (name); -- limosa: renamed from patient_full_name_idx\n";
        project.write("schema.sql", schema);
        project.limosa("diff db schema").exits(1).never_says("DROP").never_says("CREATE");
        project.limosa("generate shorter_names").exits(0);
        project.limosa("up").exits(0);
        assert_eq!(database.execute("SELECT name FROM person"), [[Some("Ann".to_owned())]]);
        project.limosa("diff db schema").exits(0).says("no difference");
        project.limosa("generate again").exits(0).says("nothing to generate");

        // Another column may take the old name later.
        project.write("schema.sql", format!("{schema}ALTER TABLE person ADD full_name text;\n"));
        project.limosa("diff db schema").exits(1).says("ADD COLUMN \"full_name\"").never_says("RENAME");
    });
}
