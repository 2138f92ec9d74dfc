//! Knex, whose migrations are programs.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Tool, link_packages};

const CONFIG: &str = "module.exports = { client: 'pg', connection: process.env.DATABASE_URL, \
    migrations: { directory: './migrations' } };\n";

fn clinic(database: &Database) -> Project {
    let project = project(database, "migrations", None).with("knexfile.js", CONFIG);
    link_packages(&project);
    let programs = [
        (
            "knex.schema.createTable('patient', (t) => { t.integer('id').primary(); })",
            "knex.schema.dropTable('patient')",
        ),
        (
            "knex.schema.alterTable('patient', (t) => { t.text('name'); })",
            "knex.schema.alterTable('patient', (t) => { t.dropColumn('name'); })",
        ),
        (
            "knex.schema.createTable('visit', (t) => { t.integer('id'); t.integer('patient'); })",
            "knex.schema.dropTable('visit')",
        ),
    ];
    for (number, ((name, ..), (up, down))) in STEPS.iter().zip(programs).enumerate() {
        let text = format!("exports.up = (knex) => {up};\nexports.down = (knex) => {down};\n");
        project.write(&format!("migrations/2024010100000{}_{name}.js", number + 1), text);
    }
    project
}

#[test]
fn programs_become_one_file_that_a_fresh_database_is_built_from() {
    let Some(knex) = Tool::of_node("knex") else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| knex.run(&project, database.url(), words);
        run("migrate:up").succeeds();
        run("migrate:up").succeeds();
        let before = content(database, "knex_migrations");
        project.limosa("adopt --yes").exits(0).says("has not run `20240101000003_add_visit.js`");
        assert_eq!(content(database, "knex_migrations"), before);
        assert_eq!(standing(&project), (1, 0));
        assert!(run("migrate:list").succeeds().said.contains("20240101000002_add_name.js"));

        let fresh = database.server().fresh_database();
        let built = schema(database);
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        assert_eq!(schema(&fresh), built);
    });
}

#[test]
fn a_guarded_history_lets_the_tool_fail_before_anything_is_in_effect() {
    let Some(knex) = Tool::of_node("knex") else { return };
    on_servers(|database| {
        let project = clinic(database);
        knex.run(&project, database.url(), "migrate:up").succeeds();
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        knex.run(&project, database.url(), "migrate:latest").fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
    });
}

#[test]
fn a_lock_that_a_killed_run_left_is_told() {
    let Some(knex) = Tool::of_node("knex") else { return };
    on_servers(|database| {
        let project = clinic(database);
        knex.run(&project, database.url(), "migrate:latest").succeeds();
        database.execute("UPDATE knex_migrations_lock SET is_locked = 1");
        project.limosa("adopt --yes").exits(1).says("knex migrate:unlock");
        knex.run(&project, database.url(), "migrate:unlock").succeeds();
        project.limosa("adopt --yes").exits(0);
    });
}

#[test]
fn a_migration_that_failed_leaves_no_row() {
    let Some(knex) = Tool::of_node("knex") else { return };
    on_servers(|database| {
        let project = clinic(database);
        knex.run(&project, database.url(), "migrate:up").succeeds();
        project.write(
            "migrations/20240101000002_add_name.js",
            "exports.up = (knex) => knex.raw('no SQL');\nexports.down = () => {};\n",
        );
        knex.run(&project, database.url(), "migrate:latest").fails();
        project.limosa("adopt --yes").exits(0).says("has not run `20240101000002_add_name.js`");
        assert_eq!(schema(database), ["patient.id"]);
    });
}
