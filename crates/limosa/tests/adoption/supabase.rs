//! Supabase, whose history keeps the statements.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Ran, Tool, link_packages};

const TABLE: &str = "supabase_migrations.schema_migrations";

fn write(project: &Project, number: usize) {
    let (name, up, _) = STEPS[number];
    project.write(&format!("supabase/migrations/2024010100000{}_{name}.sql", number + 1), format!("{up}\n"));
}

fn clinic(database: &Database) -> Project {
    let project = project(database, "supabase/migrations", Some("supabase"))
        .with("supabase/config.toml", "project_id = \"clinic\"\n");
    link_packages(&project);
    project
}

fn push(supabase: &Tool, project: &Project, database: &Database) -> Ran {
    let mark = if database.url().contains('?') { '&' } else { '?' };
    let words = format!("db push --yes --include-all --db-url {}{mark}sslmode=disable", database.url());
    supabase.run(project, database.url(), &words)
}

#[test]
fn statements_are_compared_and_lost_files_come_back() {
    let Some(supabase) = Tool::of_node("supabase") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..2).for_each(|number| write(&project, number));
        push(&supabase, &project, database).succeeds();
        write(&project, 2);
        let before = content(database, TABLE);
        project.remove("supabase/migrations/20240101000002_add_name.sql");
        project.limosa("adopt --yes").exits(1).says("--write-files");
        project.limosa("adopt --yes --write-files").exits(0).says("20240101000002_add_name.sql");
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(database, TABLE), before);
        project.limosa("up").exits(0);
        assert_eq!(schema(database).len(), 4);
    });
}

#[test]
fn an_edited_file_is_refused_and_a_guard_lets_the_tool_fail() {
    let Some(supabase) = Tool::of_node("supabase") else { return };
    on_servers(|database| {
        let project = clinic(database);
        (0..2).for_each(|number| write(&project, number));
        push(&supabase, &project, database).succeeds();
        project.write("supabase/migrations/20240101000002_add_name.sql", "ALTER TABLE patient ADD full_name text;\n");
        project.limosa("adopt --yes").exits(1).says("was edited after Supabase had applied it");
        write(&project, 1);
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        write(&project, 2);
        push(&supabase, &project, database).fails();
        assert_eq!(schema(database), before);
    });
}
