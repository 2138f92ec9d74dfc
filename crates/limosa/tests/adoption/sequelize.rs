//! Sequelize, whose migrations load SQL files.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Tool, link_packages};

const META: &str = "\"SequelizeMeta\"";

fn write(project: &Project, number: usize, up: &str, down: &str) {
    let name = STEPS.get(number - 1).map_or("add_more", |step| step.0);
    let file = format!("{number:03}_{name}");
    project.write(&format!("migrations/{file}.sql"), format!("{up}\n"));
    project.write(&format!("migrations/{file}.down.sql"), format!("{down}\n"));
    let wrapper = format!(
        "const fs = require('fs');\nconst path = require('path');\n\
         const run = (q, file) => q.sequelize.query(fs.readFileSync(path.join(__dirname, file), 'utf8'));\n\
         module.exports = {{\n  up: (queryInterface) => run(queryInterface, '{file}.sql'),\n  \
         down: (queryInterface) => run(queryInterface, '{file}.down.sql'),\n}};\n"
    );
    project.write(&format!("migrations/2024010100{number:04}-{name}.js"), wrapper);
}

fn clinic(database: &Database) -> Project {
    let project = project(database, "migrations", None);
    link_packages(&project);
    for (number, (_, up, down)) in STEPS.iter().enumerate() {
        write(&project, number + 1, up, down);
    }
    project
}

fn words(verb: &str, database: &Database) -> String {
    format!("{verb} --url {} --migrations-path migrations", database.url())
}

#[test]
fn wrappers_are_followed_to_their_files() {
    let Some(sequelize) = Tool::of_node("sequelize-cli") else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| sequelize.run(&project, database.url(), words);
        run(&format!("{} --to 20240101000002-add_name.js", words("db:migrate", database))).succeeds();
        let before = content(database, META);
        project.limosa("adopt").exits(1).says("Sequelize").says("to go on record: 2 migrations; pending here: 1");
        project.limosa("adopt --yes").exits(0);
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(database, META), before);
        let status = run(&words("db:migrate:status", database)).succeeds().said;
        assert!(status.contains("up 20240101000002") && status.contains("down 20240101000003"), "{status}");
        project.limosa("up").exits(0);
        assert_eq!(standing(&project), (3, 0));
        project.limosa("--yes down --steps 2").exits(0);
        assert_eq!(schema(database), ["patient.id"]);
    });
}

#[test]
fn a_guarded_history_lets_the_tool_fail_before_it_runs_anything() {
    let Some(sequelize) = Tool::of_node("sequelize-cli") else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| sequelize.run(&project, database.url(), words);
        let up_to_two = format!("{} --to 20240101000002-add_name.js", words("db:migrate", database));
        run(&up_to_two).succeeds();
        let (before, rows) = (schema(database), content(database, META));
        project.limosa("adopt --yes --guard").exits(0);
        // It writes a row when a migration has run, so it must not come so far.
        for verb in ["db:migrate", "db:migrate:undo", "db:migrate:undo:all", "db:migrate:status"] {
            let refused = run(&words(verb, database)).fails();
            assert!(refused.said.contains("Limosa runs the migrations of this database now"), "{}", refused.said);
            assert_eq!(schema(database), before, "`{verb}` has changed something");
        }
        project.limosa("drift").exits(0).says("no drift");
        project.limosa("adopt --yes --guard").exits(0);
        project.limosa("doctor").never_says("would run its migrations again");
        project.limosa("up").exits(0);
        project.limosa("--yes down").exits(0);
        assert_eq!(schema(database), before);

        let other = database.server().fresh_database();
        let project = clinic(&other);
        sequelize.run(&project, other.url(), &words("db:migrate", &other)).succeeds();
        project.limosa("adopt --yes --guard").exits(0);
        project.limosa("adopt --undo --yes").exits(0).says("no longer guarded");
        assert_eq!(content(&other, META).len(), 3);
        write(&project, 4, "ALTER TABLE visit ADD note text;", "ALTER TABLE visit DROP note;");
        sequelize.run(&project, other.url(), &words("db:migrate", &other)).succeeds();
        assert_eq!(content(&other, META).len(), 4);
        assert_eq!(rows.len(), 2);
    });
}

#[test]
fn a_migration_that_failed_leaves_no_row_and_stays_pending() {
    let Some(sequelize) = Tool::of_node("sequelize-cli") else { return };
    on_servers(|database| {
        let project = clinic(database);
        project.write("migrations/003_add_visit.sql", "CREATE TABLE visit (id nothing);\n");
        sequelize.run(&project, database.url(), &words("db:migrate", database)).fails();
        project.limosa("adopt --yes").exits(0);
        assert_eq!(standing(&project), (2, 1));
    });
}
