//! Services are compared by what their team has agreed on.

use crate::place::on_servers;
use crate::project::{Project, copy, workspace};

const POLICY: &str = r#"
[policy]
preset = "snake_case"
migration-name = { level = "warning", verbs = ["add", "create"] }
[policy.required-columns]
level = "warning"
columns = { created_at = "timestamptz not null default now()" }
"#;

fn two_services() -> Project {
    let services = "[service.auth]\nmigrations = \"auth\"\n[service.api]\nmigrations = \"api\"\n";
    Project::new()
        .with("limosa.toml", format!("{services}{POLICY}"))
        .with(
            "auth/1_create_account.sql",
            "CREATE TABLE account (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());\n",
        )
        .with(
            "api/1_create_patient.sql",
            "CREATE TABLE patient (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());\n",
        )
        .with(
            "api/2_more_visits.sql",
            "CREATE TABLE visit (\"patientId\" bigint REFERENCES patient, created_at timestamp);\n",
        )
}

#[test]
fn the_example_keeps_to_what_its_team_has_agreed_on() {
    let project = Project::new();
    copy(&workspace("examples/service-fleet"), project.path());
    let report = project.limosa("--json report policy --from migrations").exits(0).json();
    assert_eq!(report["services"].as_array().unwrap().len(), 8);
    let aspects = report["aspects"].as_array().unwrap();
    let named = |name: &str| aspects.iter().find(|aspect| aspect["aspect"] == name).unwrap();
    for (name, least) in [
        ("names of tables and columns", 1000),
        ("names of enum types and values", 50),
        ("required columns", 100),
        ("times of change kept", 100),
        ("primary keys", 100),
        ("foreign keys indexed", 100),
        ("business keys", 100),
    ] {
        let aspect = named(name);
        assert_eq!(aspect["consistent"], true, "{aspect}");
        assert!(aspect["of"].as_u64().unwrap() > least, "{name} looks at something: {aspect}");
    }
    // One file was written by hand, before there were rules for names.
    assert_eq!(named("names of migrations")["broken"], 1);
    assert_eq!(report["worst"][0]["service"], "api");
    assert_eq!(report["findings"][0]["rule"], "migration-name");
}

#[test]
fn what_differs_is_counted_by_service_and_the_worst_is_named() {
    let project = two_services();
    let report = project.limosa("report policy --from migrations").exits(0);
    let rows = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    };
    let lines = rows(&report.stdout);
    let has = |line: &str| assert!(lines.iter().any(|it| it == line), "{line:?} is missing in {report}");
    has("aspect auth api");
    has("names of tables and columns ✓ 3 1/6");
    has("names of migrations ✓ 1 1/2");
    has("required columns ✓ 1 1/2");
    has("primary keys ✓ 1 1/2");
    has("foreign keys indexed – 1/1");
    has("api visit 4 column-name 1, foreign-key-without-index 1, no-primary-key 1, required-columns 1");

    let markdown = project.limosa("report policy --from migrations --format markdown").exits(0);
    assert!(markdown.stdout.contains("| primary keys | 1 to mend | ✓ 1 | 1/2 |"), "{markdown}");
    project
        .limosa("report policy --from migrations -v")
        .exits(0)
        .says("no-primary-key: the table `visit` has no primary key")
        .says("`visit.created_at` is `timestamp without time zone`");
    // What is to fail says so.
    let strict = project.read("limosa.toml") + "[lint]\ndeny = \"warning\"\n";
    project.write("limosa.toml", strict);
    project.limosa("report policy --from migrations").exits(1);
}

#[test]
fn databases_are_asked_as_they_are() {
    on_servers(|database| {
        // Two services in one database, in schemas of their own names, would see each other's tables; one is enough.
        let project = Project::on(database);
        let toml = project.read("limosa.toml") + POLICY;
        let project = project.with("limosa.toml", toml);
        project.write("migrations/1_create_patient.sql", "CREATE TABLE patient (id bigint PRIMARY KEY);\n");
        project.limosa("up").exits(0);
        let (stranger, history) = ("CREATE TABLE \"Stranger\" (id int)", "CREATE TABLE _prisma_migrations (id text)");
        database.execute(&format!("{stranger}; {history}"));
        let report = project.limosa("--json report policy").exits(0).json();
        let messages: Vec<&str> =
            report["findings"].as_array().unwrap().iter().map(|it| it["message"].as_str().unwrap()).collect();
        let names = "the table `\"Stranger\"` is not named like `{snake_case}`";
        assert!(messages.contains(&names), "what was made by hand is seen: {messages:?}");
        assert!(!messages.iter().any(|it| it.contains("_prisma")), "another tool's table is let be: {messages:?}");
        assert_eq!(report["worst"][0]["name"], "\"Stranger\"");
    });
}

#[test]
fn settings_that_cannot_be_are_shown_where_they_stand() {
    let project = two_services();
    project.write("limosa.toml", project.read("limosa.toml").replace("snake_case", "prism"));
    project.limosa("report policy").exits(2).says("there is no preset `prism`").says("limosa.toml:7").says("`prisma`");
}

#[test]
fn a_database_that_is_not_there_yet_says_what_to_do() {
    let project = two_services();
    project.limosa("report policy").exits(2).says("is not there yet").says("--from migrations");
}
