//! sqlx, with `sqlx-cli`.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::Tool;

const TABLE: &str = "_sqlx_migrations";

fn write(project: &Project, number: usize) {
    let (name, up, down) = STEPS[number];
    project.write(&format!("migrations/{}_{name}.up.sql", number + 1), format!("{up}\n"));
    project.write(&format!("migrations/{}_{name}.down.sql", number + 1), format!("{down}\n"));
}

fn clinic(database: &Database) -> Project {
    project(database, "migrations", Some("sqlx"))
}

#[test]
fn rows_are_verified_by_their_checksums() {
    let Some(sqlx) = Tool::of_rust("sqlx") else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| sqlx.run(&project, database.url(), words);
        (0..2).for_each(|number| write(&project, number));
        run("migrate run").succeeds();
        write(&project, 2);
        let before = content(database, TABLE);
        project.limosa("adopt --yes").exits(0).says("2 as applied");
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(database, TABLE), before);
        assert!(run("migrate info").succeeds().said.contains("3/pending add visit"));
        project.limosa("up").exits(0);
        project.limosa("--yes down --steps 2").exits(0);
        assert_eq!(schema(database), ["patient.id"]);
    });
}

#[test]
fn one_that_failed_leaves_no_row_an_edited_one_is_refused_and_a_guard_lets_the_tool_fail() {
    let Some(sqlx) = Tool::of_rust("sqlx") else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| sqlx.run(&project, database.url(), words);
        (0..2).for_each(|number| write(&project, number));
        project.write("migrations/3_add_visit.up.sql", "CREATE TABLE visit (id nothing);\n");
        project.write("migrations/3_add_visit.down.sql", "DROP TABLE visit;\n");
        run("migrate run").fails();
        project.limosa("adopt").exits(1).says("2 as applied").says("pending here: 1");
        project.write("migrations/2_add_name.up.sql", "ALTER TABLE patient ADD full_name text;\n");
        project.limosa("adopt --yes").exits(1).says("was edited after sqlx had applied it");
        (1..3).for_each(|number| write(&project, number));
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        run("migrate run").fails();
        run("migrate revert").fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
    });
}

#[test]
fn one_that_is_dirty_stands_in_the_way() {
    let Some(sqlx) = Tool::of_rust("sqlx") else { return };
    on_servers(|database| {
        let project = clinic(database);
        write(&project, 0);
        sqlx.run(&project, database.url(), "migrate run").succeeds();
        // Outside of a transaction the row comes first, and says so when what follows fails.
        database.execute("UPDATE _sqlx_migrations SET success = false");
        sqlx.run(&project, database.url(), "migrate run").fails();
        project.limosa("adopt --yes").exits(1).says("did not come to the end of `1`");
    });
}
