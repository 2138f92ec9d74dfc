//! Drizzle, whose migrator takes for applied what is older than its newest row.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Tool, link_packages};

const TABLE: &str = "drizzle.__drizzle_migrations";

/// Runs what its journal has and the table lacks.
const MIGRATE: &str = "import { drizzle } from 'drizzle-orm/node-postgres';\n\
    import { migrate } from 'drizzle-orm/node-postgres/migrator';\nimport pg from 'pg';\n\
    const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });\n\
    await migrate(drizzle({ client: pool }), { migrationsFolder: 'drizzle' });\nawait pool.end();\n";

/// Writes the journal: the steps that it names, with their times.
fn journal(project: &Project, steps: &[(usize, u64)]) {
    let entry = |(at, (step, when)): (usize, &(usize, u64))| {
        let tag = format!("{step:04}_{}", STEPS[*step].0);
        format!(r#"{{"idx":{at},"version":"7","when":{when},"tag":"{tag}","breakpoints":true}}"#)
    };
    let entries: Vec<String> = steps.iter().enumerate().map(entry).collect();
    let text = format!(r#"{{"version":"7","dialect":"postgresql","entries":[{}]}}"#, entries.join(","));
    project.write("drizzle/meta/_journal.json", text);
}

fn clinic(database: &Database) -> Project {
    let project = project(database, "drizzle", None).with("migrate.mjs", MIGRATE);
    link_packages(&project);
    for (number, (name, up, _)) in STEPS.iter().enumerate() {
        project.write(&format!("drizzle/{number:04}_{name}.sql"), format!("{up}\n"));
    }
    project
}

#[test]
fn rows_are_found_by_their_hashes() {
    let Some(node) = Tool::node_with("drizzle-orm") else { return };
    on_servers(|database| {
        let project = clinic(database);
        journal(&project, &[(0, 1000), (1, 2000)]);
        node.run(&project, database.url(), "migrate.mjs").succeeds();
        journal(&project, &[(0, 1000), (1, 2000), (2, 3000)]);
        let before = content(database, TABLE);
        project.limosa("adopt --yes").exits(0).says("2 as applied");
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(database, TABLE), before);
        project.limosa("up").exits(0);
        assert_eq!(schema(database).len(), 4);
    });
}

#[test]
fn what_its_migrator_passed_over_in_silence_is_told() {
    let Some(node) = Tool::node_with("drizzle-orm") else { return };
    on_servers(|database| {
        let project = clinic(database);
        journal(&project, &[(0, 1000), (2, 3000)]);
        node.run(&project, database.url(), "migrate.mjs").succeeds();
        // A branch is merged whose migration was made before.
        journal(&project, &[(0, 1000), (1, 2000), (2, 3000)]);
        node.run(&project, database.url(), "migrate.mjs").succeeds();
        assert!(!schema(database).contains(&"patient.name".to_owned()), "it reports success and runs nothing");
        let adopted = project.limosa("adopt --yes").exits(0).says("passed over `0001_add_name`");
        assert!(adopted.all().contains("never applied it"), "{adopted}");
        project.limosa("up --order any").exits(0);
        assert!(schema(database).contains(&"patient.name".to_owned()));
    });
}

/// The generation that has no journal: a folder for each migration, whose name is on record.
fn newer(database: &Database) -> Project {
    let migrate = MIGRATE.replace("drizzle-orm", "drizzle-next");
    let project = project(database, "drizzle", None).with("migrate.mjs", migrate);
    link_packages(&project);
    project
}

fn write_folder(project: &Project, number: usize) {
    let (name, up, _) = STEPS[number];
    let folder = format!("drizzle/2024010{}100000_{name}", number + 1);
    project.write(&format!("{folder}/migration.sql"), format!("{up}\n"));
    project.write(&format!("{folder}/snapshot.json"), "{}\n");
}

#[test]
fn folders_are_found_by_their_names() {
    let Some(node) = Tool::node_with("drizzle-next") else { return };
    on_servers(|database| {
        let project = newer(database);
        write_folder(&project, 0);
        write_folder(&project, 2);
        node.run(&project, database.url(), "migrate.mjs").succeeds();
        write_folder(&project, 1);
        let before = content(database, TABLE);
        project.limosa("adopt").exits(1).says("2 as applied");
        project.write("drizzle/20240101100000_create_patient/migration.sql", "CREATE TABLE patient (id bigint);\n");
        project.limosa("adopt --yes").exits(1).says("was edited after Drizzle had applied it");
        write_folder(&project, 0);
        project.limosa("adopt --yes --guard").exits(0).says("20240103100000 behind them is");
        assert_eq!(standing(&project).0, 2);
        assert_eq!(content(database, TABLE), before);
        let there = schema(database);
        node.run(&project, database.url(), "migrate.mjs").fails();
        assert_eq!(schema(database), there, "its transaction was rolled back");
        project.limosa("up --order any").exits(0);
        assert_eq!(schema(database).len(), 4);
    });
}

#[test]
fn an_edited_file_is_refused() {
    let Some(node) = Tool::node_with("drizzle-orm") else { return };
    on_servers(|database| {
        let project = clinic(database);
        journal(&project, &[(0, 1000), (1, 2000), (2, 3000)]);
        node.run(&project, database.url(), "migrate.mjs").succeeds();
        project.write("drizzle/0001_add_name.sql", "ALTER TABLE patient ADD full_name text;\n");
        project.limosa("adopt --yes").exits(1).says("was edited after Drizzle had applied it");
        project.limosa("adopt --yes --accept-edited").exits(0).says("do not lead to what is there");
    });
}

#[test]
fn a_guarded_history_lets_the_tool_fail() {
    let Some(node) = Tool::node_with("drizzle-orm") else { return };
    on_servers(|database| {
        let project = clinic(database);
        journal(&project, &[(0, 1000), (1, 2000)]);
        node.run(&project, database.url(), "migrate.mjs").succeeds();
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        journal(&project, &[(0, 1000), (1, 2000), (2, 3000)]);
        node.run(&project, database.url(), "migrate.mjs").fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
    });
}
