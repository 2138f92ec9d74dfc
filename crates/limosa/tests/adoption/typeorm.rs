//! TypeORM, whose migrations are classes.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Tool, link_packages};

const SOURCE: &str = "const { DataSource } = require('typeorm');\n\
    module.exports = { source: new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, \
    migrations: ['migrations/*.js'] }) };\n";

fn write(project: &Project, number: usize) {
    let (name, up, down) = STEPS[number];
    let class: String = name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    let text = format!(
        "class {class}170000000000{number} {{\n  \
         async up(queryRunner) {{ await queryRunner.query(\"{up}\"); }}\n  \
         async down(queryRunner) {{ await queryRunner.query(\"{down}\"); }}\n}}\n\
         module.exports = {{ {class}170000000000{number} }};\n"
    );
    project.write(&format!("migrations/170000000000{number}-{class}.js"), text);
}

fn clinic(database: &Database) -> Project {
    let project = project(database, "migrations", None).with("source.js", SOURCE);
    link_packages(&project);
    project
}

fn words(verb: &str) -> String {
    format!("{verb} -d source.js")
}

#[test]
fn classes_that_run_texts_become_files() {
    let Some(typeorm) = Tool::of_node("typeorm") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..2).for_each(|number| write(&project, number));
        let run = |verb: &str| typeorm.run(&project, database.url(), &words(verb));
        run("migration:run").succeeds();
        write(&project, 2);
        let before = content(database, "migrations");
        project.limosa("adopt --yes").exits(0).says("TypeORM has not run");
        assert_eq!(standing(&project), (2, 0));
        assert_eq!(content(database, "migrations"), before);
        assert!(run("migration:show").said.contains("AddVisit"), "it sees what it has not run");
        project.limosa("--yes down").exits(0);
        assert_eq!(schema(database), ["patient.id"]);

        let fresh = database.server().fresh_database();
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        assert_eq!(schema(&fresh), ["patient.id", "patient.name"]);
    });
}

#[test]
fn a_migration_that_failed_leaves_no_row_and_a_guard_lets_the_tool_fail() {
    let Some(typeorm) = Tool::of_node("typeorm") else { return };
    on_servers(|database| {
        let project = clinic(database);
        write(&project, 0);
        let run = |verb: &str| typeorm.run(&project, database.url(), &words(verb));
        run("migration:run").succeeds();
        write(&project, 1);
        let broken = project.read("migrations/1700000000001-AddName.js").replace("patient", "nothing");
        project.write("migrations/1700000000001-AddName.js", broken);
        run("migration:run").fails();
        project.limosa("adopt --yes --guard").exits(0);
        write(&project, 1);
        let before = schema(database);
        run("migration:run").fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
    });
}
