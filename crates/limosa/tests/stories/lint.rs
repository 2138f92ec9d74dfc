//! What a migration would lock, lose or break is said before it runs.

use crate::place::on_servers;
use crate::project::{Project, run};

const TOML: &str = "[project]\nname = \"clinic\"\n";

/// A project that no server is needed for.
fn offline() -> Project {
    Project::new().with("limosa.toml", TOML)
}

fn clinic(project: Project) -> Project {
    project
        .with("migrations/1_create_visit.sql", "CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint);\n")
        .with("migrations/2_index_patient.sql", "CREATE INDEX visit_patient ON visit (patient_id);\n")
}

#[test]
fn a_finding_shows_the_place_the_lock_and_the_way_out() {
    let project = clinic(offline());
    project
        .limosa("lint")
        .exits(1)
        .says("error[index-not-concurrent]")
        .says("migrations/2_index_patient.sql:1:1")
        .says("SHARE on `visit`, which keeps out writers")
        .says("CREATE INDEX CONCURRENTLY")
        .says("1 error in 2 files");
    let found = project.limosa("--json lint").exits(1).json();
    assert_eq!(found["findings"][0]["code"], "index-not-concurrent");
    assert_eq!(found["findings"][0]["group"], "locks");
    assert_eq!(found["findings"][0]["fix"]["safe"], true);
}

#[test]
fn files_that_go_out_together_are_looked_at_together() {
    let project = clinic(offline());
    // Nobody uses the table yet when the index is built.
    project.limosa("lint migrations").exits(0).says("nothing found in 2 files");
    project.limosa("lint migrations/2_index_patient.sql").exits(1);
    // A file that belongs to no migration.
    project.write("loose.sql", "ALTER TABLE visit ALTER COLUMN patient_id SET NOT NULL;\n");
    project.limosa("lint loose.sql").exits(1).says("loose.sql:1:19").says("set-not-null");
    project.limosa("lint nowhere.sql").exits(2).says("nowhere.sql");
}

#[test]
fn what_a_branch_has_changed_is_looked_at_and_mended() {
    let project = clinic(offline());
    let git = |words: &[&str]| run(project.path(), "git", words);
    let commit = || {
        git(&["add", "."]);
        git(&["-c", "user.name=anna", "-c", "user.email=anna@example.org", "commit", "--quiet", "-m", "x"]);
    };
    git(&["init", "--quiet", "--initial-branch", "main"]);
    commit();
    project.limosa("lint --base main").exits(0).says("no files");
    git(&["checkout", "--quiet", "-b", "mine"]);
    let text = "-- why\nCREATE  INDEX visit_id ON visit (id);\nCREATE INDEX ON visit (id, patient_id);\n";
    project.write("migrations/3_index_id.sql", text);
    project.limosa("lint --base main").exits(1).says("2 errors in 1 file");
    project.limosa("lint --fix").exits(2).says("--base REF");
    project.limosa("lint --base main --fix").exits(0).says("mended migrations/3_index_id.sql");
    assert_eq!(project.read("migrations/3_index_id.sql"), text.replace("INDEX ", "INDEX CONCURRENTLY "));
    project.limosa("lint --base nowhere").exits(2).says("what was changed since `nowhere` cannot be told");
}

#[test]
fn levels_stand_in_the_project_and_reasons_beside_the_statement() {
    let project = clinic(offline());
    let toml = format!("{TOML}[lint.rules]\nindex-not-concurrent = \"warning\"\n");
    project.write("limosa.toml", &toml);
    project.limosa("lint").exits(0).says("1 warning");
    project.limosa("lint --deny warning").exits(1);
    let text = "-- limosa: ignore index-not-concurrent it is read-only by now\nCREATE INDEX a ON visit (patient_id);\n";
    project.write("migrations/2_index_patient.sql", text);
    project.limosa("lint --deny note").exits(0).says("nothing found in 2 files; 1 ignored");
    project.write("limosa.toml", format!("{toml}index-not-concurent = \"off\"\n"));
    project
        .limosa("lint")
        .exits(2)
        .says("there is no rule `index-not-concurent`")
        .says("did you mean `index-not-concurrent`?")
        .says("limosa.toml:");
}

#[test]
fn every_rule_can_be_explained() {
    let project = clinic(offline());
    let rules = project.limosa("--json lint --rules").exits(0).json();
    let rules = rules.as_array().unwrap();
    assert!(rules.len() > 5, "{rules:?}");
    project.limosa("lint --explain index-not-concurrent").exits(0).says("SHARE keeps out writers, every row is read");
    project.limosa("lint --explain index-not-concurent").exits(2).says("did you mean `index-not-concurrent`?");
}

#[test]
fn a_text_that_is_no_sql_is_a_finding_and_the_others_are_looked_at() {
    let project = clinic(offline());
    project.write("migrations/3_odd.sql", "CREATE TABEL x (id int);\nSELECT 'open\n");
    project.limosa("lint").exits(1).says("migrations/3_odd.sql:2:8").says("index-not-concurrent");
}

#[test]
fn for_other_programs() {
    let project = clinic(offline());
    let sarif = project.limosa("lint --format sarif").exits(1).json();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "index-not-concurrent");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "migrations/2_index_patient.sql");
    assert_eq!(place["region"]["startLine"], 1);
    let github = project.limosa("lint --format github").exits(1);
    github.says("::error file=migrations/2_index_patient.sql,line=1,endLine=1,col=1,");
    let junit = project.limosa("lint --format junit").exits(1);
    junit
        .says("<failure type=\"index-not-concurrent\"")
        .says("tests=\"2\" failures=\"1\"")
        .says("name=\"migrations/2_index_patient.sql:1 index-not-concurrent\"");
}

#[test]
fn a_live_target_says_what_is_pending_and_how_large_it_is() {
    on_servers(|database| {
        let project = clinic(Project::on(database));
        // Before there is anything, nobody uses it.
        project.limosa("lint --live").exits(0).says("nothing found");
        project.limosa("up --steps 1").exits(0);
        project.limosa("lint --live").exits(1).says("1 error in 1 file");
        database.execute("INSERT INTO visit SELECT g, g FROM generate_series(1, 3) g; ANALYZE visit");
        project.limosa("lint --live").exits(0).says("note[index-not-concurrent]").says("it has about 3 rows");
        project.limosa("up").exits(0);
        project.limosa("lint --live").exits(0).says("no files");
    });
}

#[test]
fn a_live_target_says_how_it_is_used() {
    on_servers(|database| {
        let project = Project::on(database).with(
            "migrations/1_create_visit.sql",
            "CREATE TABLE visit (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, patient_id bigint);
             CREATE INDEX visit_patient ON visit (patient_id);\n",
        );
        let config = project.read("limosa.toml");
        let rules = "[lint.rules]\nunused-index = { level = \"note\", days = 0, bytes = 0 }\n";
        project.write("limosa.toml", format!("{config}\n{rules}"));
        project.limosa("up").exits(0);
        let told = project.limosa("lint --live").exits(0).says("`visit_patient` was not read");
        told.never_says("sequence-near-end").never_says("visit_pkey");
        database.execute("SELECT setval('visit_id_seq', 2000000000)");
        let told = project.limosa("lint --live").exits(0).says("warning[sequence-near-end]");
        told.says("the sequence of `visit.id` has given 93 % of its numbers: 2000000000 of 2147483647");
        database.execute("CREATE SEQUENCE tickets AS smallint; SELECT setval('tickets', 30000)");
        let told = project.limosa("lint --live").exits(0).says("make the column of `visit` a `bigint`");
        told.says("the sequence `tickets` has given 91 % of its numbers")
            .says("ALTER SEQUENCE \"public\".\"tickets\" AS");
        database.execute("CREATE EXTENSION hstore VERSION '1.4'");
        project
            .limosa("lint --live")
            .exits(0)
            .says("the extension `hstore` is of version 1.4; the server would install");
        // What the schema itself says is told as well.
        database.execute("CREATE TABLE bill (patient_id bigint, at date)");
        project.limosa("lint --live").exits(0).says("[no-primary-key]").says("`bill`");
    });
}

#[test]
fn a_shadow_knows_what_no_text_says() {
    let project = clinic(offline());
    // The table is made by a text that is put together while it runs.
    let made = "DO $$ BEGIN EXECUTE format('CREATE TABLE %I (note varchar(10))', 'remark'); END $$;\n";
    project.write("migrations/2_index_patient.sql", made);
    project.write("migrations/3_longer.sql", "ALTER TABLE remark ALTER COLUMN note TYPE text;\n");
    project.limosa("lint --deny warning").exits(1).says("migrations/3_longer.sql:1");
    project.limosa("lint --deny warning --replay").exits(0).says("nothing found");
    project.limosa("lint --deny warning --replay").exits(0);
}
