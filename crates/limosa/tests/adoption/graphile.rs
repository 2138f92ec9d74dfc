//! graphile-migrate, whose files are chained by their hashes.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Tool, link_packages};

const TABLE: &str = "graphile_migrate.migrations";

fn clinic(database: &Database) -> Project {
    let project = project(database, "migrations", Some("graphile")).with(".gmrc", "{}\n");
    link_packages(&project);
    project
}

/// Commits a step with the tool itself, since the files are chained.
fn commit(graphile: &Tool, project: &Project, database: &Database, number: usize) {
    let shadow = database.server().fresh_database();
    project.write(
        ".gmrc",
        format!(
            "{{ \"shadowConnectionString\": \"{}\", \"rootConnectionString\": \"{}\" }}\n",
            shadow.url(),
            database.server().url()
        ),
    );
    let (name, up, _) = STEPS[number];
    project.write("migrations/current.sql", format!("{up}\n"));
    graphile.run(project, database.url(), &format!("commit -m {name}")).succeeds();
}

#[test]
fn committed_files_are_found_by_their_chain() {
    let Some(graphile) = Tool::of_node("graphile-migrate") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..3).for_each(|number| commit(&graphile, &project, database, number));
        let fresh = database.server().fresh_database();
        let project = project.variable("DATABASE_URL", fresh.url());
        let last = "migrations/committed/000003-add_visit.sql";
        let text = project.read(last);
        project.remove(last);
        graphile.run(&project, fresh.url(), "migrate").succeeds();
        project.write(last, &text);
        let before = content(&fresh, TABLE);
        project.limosa("adopt --yes").exits(0).says("2 as applied");
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(&fresh, TABLE), before);
        graphile.run(&project, fresh.url(), "status").said.contains("000003").then_some(()).unwrap();
        project.limosa("up").exits(0);
        assert_eq!(schema(&fresh).len(), 4);
    });
}

#[test]
fn an_edited_file_is_refused_and_a_guard_lets_the_tool_fail() {
    let Some(graphile) = Tool::of_node("graphile-migrate") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..2).for_each(|number| commit(&graphile, &project, database, number));
        let path = "migrations/committed/000002-add_name.sql";
        let text = project.read(path);
        project.write(path, text.replace("name text", "full_name text"));
        project.limosa("adopt --yes").exits(1).says("was edited after graphile-migrate had applied it");
        project.write(path, &text);
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        let other = database.server().fresh_database();
        let beside = clinic(&other);
        for (number, name) in ["000001-create_patient.sql", "000002-add_name.sql"].iter().enumerate() {
            beside
                .write(&format!("migrations/committed/{name}"), project.read(&format!("migrations/committed/{name}")));
            assert!(number < 2);
        }
        graphile.run(&beside, other.url(), "migrate").succeeds();
        commit(&graphile, &beside, &other, 2);
        let next = "migrations/committed/000003-add_visit.sql";
        project.write(next, beside.read(next));
        graphile.run(&project, database.url(), "migrate").fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
    });
}
