//! Alembic, whose revisions are a graph of Python files.

use limosa_testkit::Database;

use crate::clinic::{content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::Tool;

const ENVIRONMENT: &str = "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine, pool\n\
    if context.is_offline_mode():\n    context.configure(dialect_name='postgresql', literal_binds=True)\n    \
    with context.begin_transaction():\n        context.run_migrations()\n\
    else:\n    url = 'postgresql+psycopg://' + os.environ['DATABASE_URL'].split('://', 1)[1]\n    \
    engine = create_engine(url, poolclass=pool.NullPool)\n    \
    with engine.connect() as connection:\n        context.configure(connection=connection)\n        \
    with context.begin_transaction():\n            context.run_migrations()\n";

fn revision(id: &str, before: &str, up: &str) -> String {
    format!(
        "\"\"\"{id}\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = '{id}'\n\
         down_revision = {before}\n\
         branch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n    {up}\n\n\ndef downgrade():\n    pass\n"
    )
}

fn clinic(database: &Database) -> Project {
    project(database, "migrations", None)
        .with("alembic.ini", "[alembic]\nscript_location = %(here)s/alembic\n")
        .with("alembic/env.py", ENVIRONMENT)
        .with("alembic/script.py.mako", "")
        .with(
            "alembic/versions/a1_create_patient.py",
            revision("a1b2c3", "None", "op.execute('CREATE TABLE patient (id int PRIMARY KEY)')"),
        )
        .with(
            "alembic/versions/b2_add_name.py",
            revision("b2c3d4", "'a1b2c3'", "op.add_column('patient', sa.Column('name', sa.Text))"),
        )
        .with(
            "alembic/versions/c3_add_visit.py",
            revision("c3d4e5", "'a1b2c3'", "op.create_table('visit', sa.Column('id', sa.Integer))"),
        )
        .with("alembic/versions/d4_merge.py", revision("d4e5f6", "('b2c3d4', 'c3d4e5')", "pass"))
        .with("migrations/.gitkeep", "")
}

#[test]
fn a_head_stands_for_all_that_is_before_it() {
    let Some(alembic) = Tool::of_python(&["-m", "alembic"]) else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| alembic.run(&project, database.url(), words);
        run("upgrade d4e5f6").succeeds();
        let before = content(database, "alembic_version");
        project.limosa("adopt").exits(1).says("of programs, which Limosa does not run: 4");
        project.limosa("adopt --yes").exits(0).says("_initial_schema.sql");
        assert_eq!(standing(&project), (1, 0));
        assert_eq!(content(database, "alembic_version"), before);
        assert!(run("current").succeeds().said.contains("d4e5f6"));

        let fresh = database.server().fresh_database();
        let built = schema(database);
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        assert_eq!(schema(&fresh), built);
        assert_eq!(built, ["patient.id", "patient.name", "visit.id"]);
    });
}

#[test]
fn part_of_the_graph_is_taken_over_and_a_guard_lets_the_tool_fail() {
    let Some(alembic) = Tool::of_python(&["-m", "alembic"]) else { return };
    on_servers(|database| {
        let project = clinic(database);
        alembic.run(&project, database.url(), "upgrade b2c3d4").succeeds();
        project.limosa("adopt --yes --guard").exits(0).says("Alembic has not run `c3d4e5` and `d4e5f6`");
        let before = schema(database);
        alembic.run(&project, database.url(), "upgrade heads").fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
        std::fs::remove_dir_all(project.path().join("alembic/versions")).unwrap();
        project.limosa("adopt --undo --yes").exits(0);
        project.limosa("adopt --yes").exits(1).says("without a file");
    });
}

#[test]
fn its_revisions_become_files_with_the_sql_that_it_prints() {
    let Some(alembic) = Tool::of_python(&["-m", "alembic"]) else { return };
    on_servers(|database| {
        let path = alembic.folder();
        let project = clinic(database).variable("PATH", &format!("{}:/usr/bin:/bin", path.display()));
        alembic.run(&project, database.url(), "upgrade d4e5f6").succeeds();
        project.limosa("adopt --yes --print-sql").exits(0).says("add_name.sql");
        assert_eq!(standing(&project), (4, 0));
        let names = project.list("migrations");
        let file = names.iter().find(|name| name.contains("add_name") && !name.contains(".down.")).unwrap();
        let text = project.read(&format!("migrations/{file}"));
        assert!(
            text.contains("ALTER TABLE patient ADD COLUMN name TEXT") && !text.contains("alembic_version"),
            "{text}"
        );

        let fresh = database.server().fresh_database();
        let built = schema(database);
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        assert_eq!(schema(&fresh), built);
    });
}
