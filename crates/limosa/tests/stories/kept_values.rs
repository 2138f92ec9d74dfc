//! What an `UPDATE` writes over is kept beside it, comes back, and goes for good when it is due.

use limosa_testkit::Database;

use crate::place::{Place, on_servers};
use crate::project::Project;

const SETUP: &str = "\
CREATE DOMAIN phone AS text NOT NULL CHECK (VALUE <> '');
CREATE TABLE patient (id int PRIMARY KEY, \"Phone\" phone, tags text[], clinic int, note varchar(20) DEFAULT 'new');
CREATE TABLE clinic (id int PRIMARY KEY, name text NOT NULL);
CREATE VIEW shown AS SELECT id, note FROM patient;
INSERT INTO clinic VALUES (1, 'north'), (2, 'south');
INSERT INTO patient SELECT i, '0' || i, CASE WHEN i % 3 > 0 THEN ARRAY['a', NULL] END, i % 3
FROM generate_series(1, 300) i;
";

fn begun(project: Project, up: &str) -> Project {
    let project = project
        .with("migrations/001_setup.sql", SETUP)
        .with("migrations/001_setup.down.sql", "DROP VIEW shown; DROP TABLE patient, clinic; DROP DOMAIN phone;\n");
    project.limosa("up").exits(0);
    project.write("migrations/002_rewrite.sql", up);
    project
}

fn rows(database: &Database) -> Vec<Vec<Option<String>>> {
    database.execute("SELECT id, \"Phone\", tags, clinic, note FROM patient ORDER BY id")
}

#[test]
fn values_come_back_as_they_were() {
    for update in [
        "UPDATE patient SET \"Phone\" = '+49' || \"Phone\", tags = NULL, note = DEFAULT WHERE id % 2 = 0",
        "UPDATE patient AS p SET (note, tags) = (c.name, '{}') FROM clinic c WHERE c.id = p.clinic -- of all clinics",
        "UPDATE public.patient SET tags = NULL",
    ] {
        for way in ["", "-- limosa: backfill batch-rows 60\n"] {
            if way.len() * update.matches("DEFAULT").count() > 0 {
                continue;
            }
            on_servers(|database| {
                let up = format!("-- limosa: set-aside 30d\n{way}{update};\n");
                let project = begun(Project::on(database), &up);
                let before = rows(database);
                project.limosa("up").exits(0).says("is kept as limosa_aside_1_");
                assert_ne!(rows(database), before, "{up}");
                project.limosa("drift").exits(0);
                project.limosa("status").exits(0).says("what public.patient.tags held");
                // One that came later has no old values.
                database.execute("INSERT INTO patient VALUES (1000, 'later')");
                project.limosa("down").exits(0).says("came back");
                database.execute("DELETE FROM patient WHERE id = 1000");
                assert_eq!(rows(database), before, "after {up}");
                project.limosa("drift").exits(0);
                project.limosa("up").exits(0);
                project.limosa("purge --all --allow deletes-data").exits(0).says("is gone");
                let left = "SELECT count(*) FROM pg_attribute WHERE attname LIKE 'limosa_aside%' AND NOT attisdropped";
                assert_eq!(database.execute(left)[0][0].as_deref(), Some("0"));
            });
        }
    }
}

#[test]
fn one_that_cannot_keep_anything_is_refused_before_anything_runs() {
    on_servers(|database| {
        for (update, why) in [
            ("WITH c AS (SELECT 1) UPDATE patient SET note = ''", "nothing-to-set-aside"),
            ("CREATE INDEX ON patient (note)", "nothing-to-set-aside"),
            ("UPDATE shown SET note = ''", "a view or a foreign table takes none"),
            ("UPDATE patient SET note = '' RETURNING id", "RETURNING"),
        ] {
            let project = begun(Project::on(database), &format!("-- limosa: set-aside\n{update};\n"));
            let refused = project.limosa("up").exits(1).stderr;
            assert!(refused.contains(why), "{refused}");
            project.limosa("down").exits(0);
        }
        // What is not there the server names, as ever.
        let project = begun(Project::on(database), "-- limosa: set-aside\nUPDATE nowhere SET note = '';\n");
        project.limosa("up").exits(2).says("\"nowhere\" does not exist");
    });
}

#[test]
fn a_proof_finds_nothing_lost() {
    let update = "UPDATE patient SET note = 'x';\n";
    let project = begun(Project::new().with("limosa.toml", "[project]\nname = \"clinic\"\n"), update);
    project.write("migrations/002_rewrite.down.sql", "SELECT 1;\n");
    project.limosa("prove").exits(1).says("note");
    project.write("migrations/002_rewrite.sql", format!("-- limosa: set-aside\n{update}"));
    project.limosa("prove").exits(0);
    project.limosa("up").exits(0).says("is kept as limosa_aside_1_note");
    project.limosa("down").exits(0);
    let sql = "SELECT count(*) FROM patient WHERE note = 'new'";
    assert_eq!(Place::Embedded.query(&project, "clinic", sql)[0][0].as_deref(), Some("300"));
}
