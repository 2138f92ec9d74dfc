//! `limosa check`: one gate for CI and for the moment before a deployment.

use serde_json::Value;

use crate::place::on_servers;
use crate::project::{Project, run};

const TOML: &str =
    "[project]\nname = \"clinic\"\n[service.clinic]\nmigrations = \"migrations\"\nschema = \"schema.sql\"\n";

/// A project with everything that a gate can look at.
fn clinic() -> Project {
    Project::new()
        .with("limosa.toml", TOML)
        .with("schema.sql", "CREATE TABLE visit (id bigint PRIMARY KEY, reason text);\n")
        .with("migrations/1_create_visit.sql", "CREATE TABLE visit (id bigint PRIMARY KEY);\n")
        .with("migrations/1_create_visit.down.sql", "DROP TABLE visit;\n")
        .with("migrations/2_add_reason.sql", "ALTER TABLE visit ADD COLUMN reason text;\n")
        .with("migrations/2_add_reason.down.sql", "ALTER TABLE visit DROP COLUMN reason;\n")
}

fn section<'v>(gate: &'v Value, name: &str) -> &'v Value {
    let sections = gate["sections"].as_array().unwrap();
    sections.iter().find(|section| section["section"] == name).unwrap_or_else(|| panic!("no {name} in {gate}"))
}

#[test]
fn what_is_well_takes_a_line_each() {
    let project = clinic();
    let gate = project.limosa("--json check").exits(0).json();
    for (name, result) in [
        ("files", "passed"),
        ("sum", "nothing"),
        ("lint", "passed"),
        ("replay", "passed"),
        ("schema", "passed"),
        ("policy", "passed"),
        ("proofs", "passed"),
        ("live", "nothing"),
    ] {
        assert_eq!(section(&gate, name)["result"], result, "{name} in {gate}");
    }
    project.limosa("check").exits(0).says("✓ proofs").says("2 lead back, proven earlier");
    project.limosa("check --only files,proofs").exits(0).never_says("lint");
    project.limosa("check --skip lint").exits(0).never_says("lint").says("proofs");
}

#[test]
fn each_section_finds_its_own() {
    let project = clinic();
    project.limosa("sum").exits(0);
    project.write("schema.sql", "CREATE TABLE visit (id bigint PRIMARY KEY, reason text NOT NULL);\n");
    project.write("migrations/2_add_reason.down.sql", "SELECT 1;\n");
    project.write("migrations/3_index.sql", "CREATE INDEX visit_reason ON visit (reason);\n");
    let told = project.limosa("check").exits(1);
    let told = told
        .says("warning[sum-outdated]")
        .says("error[index-not-concurrent]")
        .says("error[not-as-declared]")
        .says("the migrations of `clinic` do not lead to `schema.sql`")
        .says("error[not-proven]");
    assert!(told.stdout.contains("✓ replay"), "{told}");
    project.write("migrations/4_broken.sql", "ALTER TABLE nowhere ADD COLUMN x int;\n");
    let gate = project.limosa("--json check").exits(1).json();
    assert_eq!(section(&gate, "replay")["result"], "findings", "{gate}");
    assert_eq!(section(&gate, "lint")["result"], "findings", "the texts are looked at all the same: {gate}");
    project.write("migrations/2_another.sql", "SELECT 1;\n");
    project.limosa("check --only files").exits(1).says("2_another.sql");
}

#[test]
fn what_was_there_before_the_branch_does_not_hold_it_up() {
    let project = clinic();
    project.write("migrations/3_index.sql", "CREATE INDEX visit_reason ON visit (reason);\n");
    project.write("migrations/3_index.down.sql", "DROP INDEX visit_reason;\n");
    project.write(
        "schema.sql",
        "CREATE TABLE visit (id bigint PRIMARY KEY, reason text);\nCREATE INDEX visit_reason ON visit (reason);\n",
    );
    let git = |words: &[&str]| run(project.path(), "git", words);
    let commit = || {
        git(&["add", "."]);
        git(&["-c", "user.name=anna", "-c", "user.email=anna@example.org", "commit", "--quiet", "-m", "x"]);
    };
    git(&["init", "--quiet", "--initial-branch", "main"]);
    commit();
    git(&["checkout", "--quiet", "-b", "mine"]);
    project.limosa("check").exits(1).says("index-not-concurrent");
    project.limosa("check --base main").exits(0).says("no files");
    project.write("migrations/4_index.sql", "CREATE INDEX visit_again ON visit (reason, id);\n");
    project.limosa("check --base main --only lint").exits(1).says("4_index.sql").never_says("3_index.sql");
}

#[test]
fn a_target_shows_what_goes_on_there() {
    on_servers(|database| {
        let toml = format!("{TOML}[env.prod]\nurl = \"env:DATABASE_URL\"\n");
        let project = clinic().with("limosa.toml", toml).variable("DATABASE_URL", database.url());
        project.limosa("--env prod up --steps 1").exits(0);
        project.limosa("check --target prod --only live").exits(0).says("1 database, 1 pending");
        database.execute("ALTER TABLE visit ADD COLUMN by_hand int");
        project.limosa("check --target prod --only live").exits(1).says("error[drift]").says("by_hand");
        database.execute("ALTER TABLE visit DROP COLUMN by_hand");
        // Somebody is in the way of the next migration for a while.
        let reader = limosa_testkit::Connection::open(database.url());
        reader.execute("BEGIN; SELECT FROM visit");
        std::thread::sleep(std::time::Duration::from_secs(6));
        let told = project.limosa("check --target prod --only live").exits(0);
        told.says("warning[lock-held]").says("somebody holds `visit`, which a migration wants with ACCESS EXCLUSIVE");
        reader.execute("ROLLBACK");
        let gate = project.limosa("--json check --target prod --only live,lint").exits(0).json();
        assert_eq!(section(&gate, "live")["details"][0]["pending"], 1, "{gate}");
    });
}

#[test]
fn a_deployment_checklist_is_a_project_file() {
    let toml = format!(
        "{TOML}[check.command.endpoints]\ncommand = \"test -e endpoints-answer\"\n\
         [check.file.changelog]\npath = \"CHANGELOG.md\"\nmentions = \"pending\"\n\
         [check.file.api]\npath = \"docs/api.md\"\nchanged_with = [\"routes/**\"]\n"
    );
    let project = clinic()
        .with("limosa.toml", toml)
        .with("endpoints-answer", "")
        .with("CHANGELOG.md", "# Changes\n")
        .with("docs/api.md", "GET /visit\n")
        .with("routes/visit.js", "// GET /visit\n")
        .with("checks/reasons.sql", "SELECT id FROM visit WHERE reason = '';\n")
        .with("consumers/web/visit.sql", "SELECT id, reason FROM visit WHERE id = :id;\n");
    let git = |words: &[&str]| run(project.path(), "git", words);
    git(&["init", "--quiet", "--initial-branch", "main"]);
    git(&["add", "."]);
    git(&["-c", "user.name=anna", "-c", "user.email=anna@example.org", "commit", "--quiet", "-m", "x"]);
    git(&["checkout", "--quiet", "-b", "mine"]);
    project.limosa("check --base main").exits(0);
    let parts = "check --base main --only schema,checks,consumers";

    project.write("migrations/3_add_note.sql", "ALTER TABLE visit ADD COLUMN note text;\n");
    project.write("migrations/3_add_note.down.sql", "ALTER TABLE visit DROP COLUMN note;\n");
    project.write("schema.sql", "CREATE TABLE visit (id bigint PRIMARY KEY, reason text, note text);\n");
    project.limosa(parts).exits(1).says("CHANGELOG.md").never_says("docs/api.md");
    project.write("CHANGELOG.md", "# Changes\n\n- add_note: visits have notes\n");
    project.limosa(parts).exits(0);

    project.write("routes/visit.js", "// GET /visit, POST /visit\n");
    project.limosa(parts).exits(1).says("docs/api.md");
    project.write("docs/api.md", "GET /visit\nPOST /visit\n");
    project.remove("endpoints-answer");
    project.limosa(parts).exits(1).says("endpoints");
    project.write("endpoints-answer", "");
    project.write("consumers/web/note.sql", "SELECT remark FROM visit;\n");
    project.limosa(parts).exits(1).says("consumers/web/note.sql").says("remark");
}
