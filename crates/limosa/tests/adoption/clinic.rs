//! What all take-overs have in common: the database of a clinic, three steps of its schema, and what must hold after.

use limosa_testkit::{Database, servers};

use crate::project::Project;

/// The three steps, and the ways back.
pub(crate) const STEPS: [(&str, &str, &str); 3] = [
    ("create_patient", "CREATE TABLE patient (id int PRIMARY KEY);", "DROP TABLE patient;"),
    ("add_name", "ALTER TABLE patient ADD name text;", "ALTER TABLE patient DROP name;"),
    ("add_visit", "CREATE TABLE visit (id int, patient int);", "DROP TABLE visit;"),
];

/// Plays on every server.
pub(crate) fn on_servers(story: impl Fn(&Database)) {
    for server in servers() {
        println!("on PostgreSQL {}", server.major());
        story(&server.fresh_database());
    }
}

/// A project on a database, with its migrations in a folder and perhaps in a layout.
pub(crate) fn project(database: &Database, migrations: &str, layout: Option<&str>) -> Project {
    let layout = layout.map(|layout| format!("layout = \"{layout}\"\n")).unwrap_or_default();
    let text = format!(
        "[project]\nname = \"clinic\"\nmigrations = \"{migrations}\"\n{layout}\
         [env.dev]\nurl = \"env:DATABASE_URL\"\n"
    );
    Project::new().with("limosa.toml", text).variable("DATABASE_URL", database.url())
}

/// How many migrations are in effect, and how many wait.
pub(crate) fn standing(project: &Project) -> (usize, usize) {
    let status = project.limosa("--json status").exits(0).json();
    let count = |key: &str| status["targets"][0][key].as_array().unwrap().len();
    (count("applied"), count("pending"))
}

/// The tables and columns of the clinic, those of tools left out.
pub(crate) fn schema(database: &Database) -> Vec<String> {
    let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns \
        WHERE table_schema = 'public' AND table_name IN ('patient', 'visit') ORDER BY 1";
    database.execute(sql).into_iter().map(|row| row[0].clone().unwrap()).collect()
}

/// The rows of a table, all of them.
pub(crate) fn content(database: &Database, table: &str) -> Vec<String> {
    let sql = format!("SELECT t::text FROM {table} AS t ORDER BY 1");
    database.execute(&sql).into_iter().map(|row| row[0].clone().unwrap()).collect()
}
