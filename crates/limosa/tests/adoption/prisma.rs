//! Prisma, with its schema engine in WebAssembly: the program of its own is no part of the package.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Tool, link_packages};

const TABLE: &str = "_prisma_migrations";

/// Its adapter knows no columns of type `name`, for which the engine asks: they are texts.
const CONFIG: &str = "const { defineConfig } = require('prisma/config');\n\
    const { PrismaPg } = require('@prisma/adapter-pg');\n\
    const Result = require('pg/lib/result');\n\
    const { addFields } = Result.prototype;\n\
    Result.prototype.addFields = function (fields) {\n  \
    fields.filter((it) => it.dataTypeID === 19).forEach((it) => { it.dataTypeID = 25; });\n  \
    return addFields.call(this, fields);\n};\n\
    module.exports = defineConfig({\n  experimental: { adapter: true },\n  engine: 'js',\n  \
    schema: 'prisma/schema.prisma',\n  \
    adapter: async () => new PrismaPg({ connectionString: process.env.DATABASE_URL }),\n});\n";

const SCHEMA: &str = "datasource db {\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\n}\n";

fn folder(number: usize) -> String {
    format!("prisma/migrations/2024010100000{}_{}", number + 1, STEPS[number].0)
}

fn write(project: &Project, number: usize) {
    let (_, up, down) = STEPS[number];
    project.write(&format!("{}/migration.sql", folder(number)), format!("{up}\n"));
    project.write(&format!("{}/down.sql", folder(number)), format!("{down}\n"));
}

fn clinic(database: &Database) -> Project {
    let project = project(database, "prisma/migrations", None)
        .with("prisma.config.js", CONFIG)
        .with("prisma/schema.prisma", SCHEMA)
        .with("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    link_packages(&project);
    project
}

#[test]
fn migrations_are_taken_over_with_their_dates() {
    let Some(prisma) = Tool::of_node("prisma") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..2).for_each(|number| write(&project, number));
        prisma.run(&project, database.url(), "migrate deploy").succeeds();
        write(&project, 2);
        let before = content(database, TABLE);
        project.limosa("adopt --yes").exits(0).says("2 as applied");
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(database, TABLE), before);
        let dates = "SELECT count(*) FROM limosa.migration m JOIN _prisma_migrations p \
            ON p.migration_name LIKE m.version || '%' WHERE m.applied_at = p.finished_at";
        assert_eq!(database.execute(dates), [[Some("2".to_owned())]]);
        let status = prisma.run(&project, database.url(), "migrate status").said;
        assert!(status.contains("20240101000003_add_visit"), "{status}");
        project.limosa("up").exits(0);
        project.limosa("--yes down --steps 2").exits(0);
        assert_eq!(schema(database), ["patient.id"]);
    });
}

#[test]
fn one_that_failed_stands_in_the_way_until_it_is_settled() {
    let Some(prisma) = Tool::of_node("prisma") else { return };
    on_servers(|database| {
        let project = clinic(database);
        write(&project, 0);
        project.write(&format!("{}/migration.sql", folder(1)), "ALTER TABLE nothing ADD name text;\n");
        prisma.run(&project, database.url(), "migrate deploy").fails();
        project.limosa("adopt --yes").exits(1).says("did not come to the end of `20240101000002_add_name`");
        write(&project, 1);
        prisma.run(&project, database.url(), "migrate resolve --rolled-back 20240101000002_add_name").succeeds();
        prisma.run(&project, database.url(), "migrate deploy").succeeds();
        project.limosa("adopt --yes").exits(0).says("2 as applied");
        assert_eq!(standing(&project), (2, 0));
    });
}

#[test]
fn an_edited_file_is_refused() {
    let Some(prisma) = Tool::of_node("prisma") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..3).for_each(|number| write(&project, number));
        prisma.run(&project, database.url(), "migrate deploy").succeeds();
        project.write(&format!("{}/migration.sql", folder(1)), "ALTER TABLE patient ADD full_name text;\n");
        project.limosa("adopt --yes").exits(1).says("was edited after Prisma had applied it");
        project.limosa("adopt --yes --accept-edited").exits(0).says("do not lead to what is there");
    });
}

#[test]
fn a_guarded_history_lets_the_tool_fail_before_anything_is_in_effect() {
    let Some(prisma) = Tool::of_node("prisma") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..2).for_each(|number| write(&project, number));
        prisma.run(&project, database.url(), "migrate deploy").succeeds();
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        // It could not take a migration back that is more than one statement.
        project.write(&format!("{}/migration.sql", folder(2)), "CREATE TABLE visit (id int);\nSELECT 1;\nCOMMIT;\n");
        prisma.run(&project, database.url(), "migrate deploy").fails();
        assert_eq!(schema(database), before);
    });
}
