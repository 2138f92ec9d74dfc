//! node-pg-migrate with SQL files.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Tool, link_packages};

fn clinic(database: &Database) -> Project {
    let project = project(database, "migrations", Some("node-pg-migrate"));
    link_packages(&project);
    for (number, (name, up, down)) in STEPS.iter().enumerate() {
        let text = format!("-- Up Migration\n{up}\n-- Down Migration\n{down}\n");
        project.write(&format!("migrations/170000000000{number}_{name}.sql"), text);
    }
    project
}

#[test]
fn files_keep_their_dates_and_their_ways_back() {
    let Some(tool) = Tool::of_node("node-pg-migrate") else { return };
    on_servers(|database| {
        let project = clinic(database);
        tool.run(&project, database.url(), "up 2 -m migrations").succeeds();
        let before = content(database, "pgmigrations");
        project.limosa("adopt --yes").exits(0);
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(database, "pgmigrations"), before);
        let dates = "SELECT count(*) FROM limosa.migration m JOIN pgmigrations p ON p.name LIKE m.version || '%' \
            WHERE m.applied_at = p.run_on::timestamptz";
        assert_eq!(database.execute(dates), [[Some("2".to_owned())]]);
        project.limosa("up").exits(0);
        project.limosa("--yes down --steps 2").exits(0);
        assert_eq!(schema(database), ["patient.id"]);
    });
}

#[test]
fn a_guarded_history_lets_the_tool_fail() {
    let Some(tool) = Tool::of_node("node-pg-migrate") else { return };
    on_servers(|database| {
        let project = clinic(database);
        tool.run(&project, database.url(), "up 2 -m migrations").succeeds();
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        tool.run(&project, database.url(), "up -m migrations").fails();
        assert_eq!(schema(database), before);
    });
}

#[test]
fn a_migration_that_failed_leaves_no_row() {
    let Some(tool) = Tool::of_node("node-pg-migrate") else { return };
    on_servers(|database| {
        let project = clinic(database);
        tool.run(&project, database.url(), "up 1 -m migrations").succeeds();
        project.write("migrations/1700000000001_add_name.sql", "-- Up Migration\nALTER TABLE nothing ADD x int;\n");
        tool.run(&project, database.url(), "up -m migrations").fails();
        project.limosa("adopt --yes").exits(0);
        assert_eq!(standing(&project), (1, 2));
    });
}
