//! Diesel, with `diesel_cli`.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::Tool;

const TABLE: &str = "__diesel_schema_migrations";

fn write(project: &Project, number: usize) {
    let (name, up, down) = STEPS[number];
    let folder = format!("migrations/2024-01-0{}-100000_{name}", number + 1);
    project.write(&format!("{folder}/up.sql"), format!("{up}\n"));
    project.write(&format!("{folder}/down.sql"), format!("{down}\n"));
}

fn clinic(database: &Database) -> Project {
    project(database, "migrations", Some("diesel")).with("diesel.toml", "")
}

#[test]
fn folders_keep_their_dates_and_their_ways_back() {
    let Some(diesel) = Tool::of_rust("diesel") else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| diesel.run(&project, database.url(), words);
        (0..2).for_each(|number| write(&project, number));
        run("migration run").succeeds();
        write(&project, 2);
        let before = content(database, TABLE);
        project.limosa("adopt --yes").exits(0);
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(database, TABLE), before);
        let pending = run("migration list").succeeds().said;
        assert!(pending.contains("[ ] 2024-01-03-100000_add_visit"), "{pending}");
        project.limosa("up").exits(0);
        project.limosa("--yes down --steps 2").exits(0);
        assert_eq!(schema(database), ["patient.id"]);
    });
}

#[test]
fn one_that_failed_leaves_no_row_and_a_guard_lets_the_tool_fail() {
    let Some(diesel) = Tool::of_rust("diesel") else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| diesel.run(&project, database.url(), words);
        (0..2).for_each(|number| write(&project, number));
        project.write("migrations/2024-01-03-100000_add_visit/up.sql", "CREATE TABLE visit (id nothing);\n");
        project.write("migrations/2024-01-03-100000_add_visit/down.sql", "DROP TABLE visit;\n");
        run("migration run").fails();
        project.limosa("adopt --yes --guard").exits(0);
        assert_eq!(standing(&project), (2, 1));
        write(&project, 2);
        let before = schema(database);
        run("migration run").fails();
        run("migration revert").fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
    });
}
