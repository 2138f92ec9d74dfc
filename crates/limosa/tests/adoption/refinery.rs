//! refinery, with `refinery_cli`.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Ran, Tool};

const TABLE: &str = "refinery_schema_history";

fn write(project: &Project, number: usize) {
    let (name, up, _) = STEPS[number];
    project.write(&format!("migrations/V{}__{name}.sql", number + 1), format!("{up}\n"));
}

fn clinic(database: &Database) -> Project {
    project(database, "migrations", Some("refinery"))
}

fn migrate(refinery: &Tool, project: &Project, database: &Database) -> Ran {
    refinery.run(project, database.url(), "migrate -e DATABASE_URL -p migrations")
}

#[test]
fn rows_are_verified_by_their_checksums() {
    let Some(refinery) = Tool::of_rust("refinery") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..2).for_each(|number| write(&project, number));
        migrate(&refinery, &project, database).succeeds();
        write(&project, 2);
        let before = content(database, TABLE);
        project.limosa("adopt --yes").exits(0).says("2 as applied");
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(database, TABLE), before);
        project.limosa("up").exits(0);
        assert_eq!(schema(database).len(), 4);
    });
}

#[test]
fn one_that_failed_leaves_no_row_an_edited_one_is_refused_and_a_guard_lets_the_tool_fail() {
    let Some(refinery) = Tool::of_rust("refinery") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..2).for_each(|number| write(&project, number));
        project.write("migrations/V3__add_visit.sql", "CREATE TABLE visit (id nothing);\n");
        migrate(&refinery, &project, database).fails();
        project.limosa("adopt").exits(1).says("2 as applied").says("pending here: 1");
        project.write("migrations/V2__add_name.sql", "ALTER TABLE patient ADD full_name text;\n");
        project.limosa("adopt --yes").exits(1).says("was edited after refinery had applied it");
        (1..3).for_each(|number| write(&project, number));
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        migrate(&refinery, &project, database).fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
    });
}
