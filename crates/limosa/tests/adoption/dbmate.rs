//! dbmate, whose versions keep their spelling.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Tool, link_packages};

fn write(project: &Project, number: usize) {
    let (name, up, down) = STEPS[number];
    let text = format!("-- migrate:up\n{up}\n\n-- migrate:down\n{down}\n");
    project.write(&format!("db/migrations/2024010100000{}_{name}.sql", number + 1), text);
}

fn clinic(database: &Database) -> Project {
    let project = project(database, "db/migrations", Some("dbmate"));
    link_packages(&project);
    project
}

fn words(verb: &str, database: &Database) -> String {
    let mark = if database.url().contains('?') { '&' } else { '?' };
    format!("--url {}{mark}sslmode=disable --no-dump-schema {verb}", database.url())
}

#[test]
fn versions_are_taken_over_in_any_order() {
    let Some(dbmate) = Tool::of_node("dbmate") else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |verb: &str| dbmate.run(&project, database.url(), &words(verb, database));
        write(&project, 0);
        write(&project, 2);
        run("migrate").succeeds();
        // A branch is merged whose migration was made before.
        write(&project, 1);
        let before = content(database, "schema_migrations");
        project.limosa("adopt --yes").exits(0).says("though version 20240101000003 behind them is");
        assert_eq!(content(database, "schema_migrations"), before);
        project.limosa("up").exits(1).says("out-of-sequence");
        project.limosa("up --order any").exits(0);
        assert_eq!(standing(&project), (3, 0));
        assert!(run("status").said.contains("20240101000003_add_visit.sql"));
        project.limosa("--yes down --steps 3").exits(0);
        assert_eq!(schema(database), Vec::<String>::new());
    });
}

#[test]
fn a_guarded_history_lets_the_tool_fail() {
    let Some(dbmate) = Tool::of_node("dbmate") else { return };
    on_servers(|database| {
        let project = clinic(database);
        write(&project, 0);
        dbmate.run(&project, database.url(), &words("migrate", database)).succeeds();
        project.limosa("adopt --yes --guard").exits(0);
        write(&project, 1);
        dbmate.run(&project, database.url(), &words("migrate", database)).fails();
        assert_eq!(schema(database), ["patient.id"], "its transaction was rolled back");
    });
}

#[test]
fn a_migration_that_failed_leaves_no_row() {
    let Some(dbmate) = Tool::of_node("dbmate") else { return };
    on_servers(|database| {
        let project = clinic(database);
        write(&project, 0);
        project.write("db/migrations/20240101000002_add_name.sql", "-- migrate:up\nALTER TABLE nothing ADD x int;\n");
        dbmate.run(&project, database.url(), &words("migrate", database)).fails();
        project.limosa("adopt --yes").exits(0);
        assert_eq!(standing(&project), (1, 1));
    });
}
