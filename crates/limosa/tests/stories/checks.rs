//! Checks: queries that must return no rows, commands, files; after `up` and by themselves.

use crate::place::{Place, everywhere, on_servers};
use crate::project::{Project, run};

const ORPHANS: &str = "\
-- every visit is somebody's
SELECT v.id, v.patient
FROM visit v LEFT JOIN patient p ON p.id = v.patient
WHERE p.id IS NULL;
";

fn clinic(project: Project) -> Project {
    project
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int);\n")
        .with("migrations/002_create_visit.sql", "CREATE TABLE visit (id int, patient int);\n")
        .with("checks/orphans.sql", ORPHANS)
}

#[test]
fn a_check_that_fails_after_up_undoes_nothing() {
    everywhere(|place| {
        let project = match place {
            Place::Server(database) => Project::on(database),
            Place::Embedded => Project::new().with("limosa.toml", "[project]\nname = \"clinic\"\n"),
        };
        let project =
            clinic(project).with("migrations/003_visits.sql", "INSERT INTO visit VALUES (1, 7), (2, NULL);\n");
        let failed = project.limosa("up").exits(1);
        for line in [
            "✗ 1 of 1 check failed: orphans",
            "the check `orphans` does not hold",
            "checks/orphans.sql:2:1",
            "it returns 2 rows:",
            "id | patient",
            "1  | 7",
            "2  | NULL",
            "nothing was undone: 3 migrations applied by this run stay applied",
        ] {
            assert!(failed.all().contains(line), "{line:?} is missing in {failed}");
        }
        assert_eq!(place.query(&project, "clinic", "SELECT count(*) FROM visit"), [[Some("2".to_owned())]]);
        project.limosa("up").exits(0).says("is up to date");
        project.limosa("--env dev check --checks").exits(1).says("✗ checks").says("1 of 1 failed").says("2  | NULL");
        let json = project.limosa("--env dev --json check --checks").exits(1).json();
        let check = &json["sections"][0]["details"][0];
        assert_eq!((check["check"].as_str(), check["result"].as_str()), (Some("orphans"), Some("failed")), "{json}");
        assert_eq!(check["rows"]["values"][1], serde_json::json!(["2", null]), "{json}");
        place.query(&project, "clinic", "DELETE FROM visit");
        project.limosa("--env dev check --checks").exits(0).says("✓ checks").says("1 hold");
        project.write("migrations/004_more.sql", "INSERT INTO patient VALUES (1);\n");
        project.limosa("up").exits(0).says("✓ 1 check holds");
    });
}

#[test]
fn checks_can_run_after_each_migration() {
    on_servers(|database| {
        let project = clinic(Project::new())
            .variable("DATABASE_URL", database.url())
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n[check]\nafter = \"each\"\n\
                 [check.command.counted]\ncommand = \"echo $LIMOSA_NOTHING $WHO >> ran\"\nenv = { WHO = \"ann\" }\n",
            )
            .with("migrations/003_visits.sql", "INSERT INTO visit VALUES (1, 7);\n")
            .with("migrations/004_more.sql", "CREATE TABLE never (id int);\n");
        // After 001 there is no visit yet, which is no failure; after 003 there is one too many.
        let failed = project.limosa("up").exits(1).says("1  | 7");
        assert!(failed.all().contains("3 migrations applied by this run stay applied, and 1 more was not begun"));
        assert_eq!(project.read("ran"), "ann\nann\nann\n");
        assert_eq!(database.execute("SELECT to_regclass('never')"), [[None]]);
        project.limosa("up").exits(1).says("1  | 7");
        assert_eq!(database.execute("SELECT to_regclass('never') IS NULL"), [[Some("f".to_owned())]]);
        let json = project.write_and_up("migrations/005_mend.sql", "DELETE FROM visit;\n");
        let checked: Vec<_> = json.iter().filter(|event| event["event"] == "checked").collect();
        assert_eq!(checked.len(), 1, "{json:?}");
        assert_eq!(checked[0]["passed"], 2, "{json:?}");
    });
}

#[test]
fn commands_can_belong_to_services_and_checks_can_be_left_to_the_gate() {
    let toml = |after: &str| {
        format!(
            "[service.api]\n[service.auth]\n[check]\nafter = \"{after}\"\n\
             [check.command.api]\ncommand = \"echo api >> ran\"\nservices = [\"api\"]\n\
             [check.command.all]\ncommand = \"echo all >> ran\"\n"
        )
    };
    let project = Project::new()
        .with("services/api/migrations/001_a.sql", "SELECT 1;\n")
        .with("services/auth/migrations/001_a.sql", "SELECT 1;\n")
        .with("services/api/checks/never.sql", "SELECT 'seen'\n")
        .with("limosa.toml", toml("never"));
    project.limosa("up").exits(0);
    assert!(!project.path().join("ran").exists());
    project.limosa("--service auth check --checks").exits(0).says("1 hold");
    assert_eq!(project.read("ran"), "all\n");
    project.remove("ran");
    project.limosa("check --checks").exits(1).says("1 of 3 failed").says("seen");
    project.remove("ran");
    project.remove("services/api/checks/never.sql");
    project.write("limosa.toml", toml("up"));
    project.write("services/api/migrations/002_b.sql", "SELECT 2;\n");
    project.write("services/auth/migrations/002_b.sql", "SELECT 2;\n");
    project.limosa("up").exits(0).says("✓ 2 checks hold").says("✓ 1 check holds");
    assert_eq!(project.read("ran"), "api\nall\nall\n");
}

#[test]
fn a_check_only_reads_and_has_a_limit() {
    on_servers(|database| {
        let project = clinic(Project::on(database)).with(
            "checks/writes.sql",
            "WITH gone AS (DELETE FROM patient RETURNING 1) SELECT * FROM gone;\nSELECT nextval('seq');\n\
             SELECT pg_sleep(60);\nSELECT id FROM patient FOR UPDATE;\n",
        );
        database.execute("CREATE SEQUENCE seq");
        project.write(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n[check]\ntimeout = \"200ms\"\n",
        );
        let failed = project.limosa("up").exits(1).says("4 of 5 checks failed");
        for line in [
            "data-modifying statements in WITH",
            "cannot execute nextval() in a read-only transaction",
            "it took longer than 0.2 s; `timeout` in [check] gives more",
            "cannot execute SELECT FOR UPDATE in a read-only transaction",
        ] {
            assert!(failed.all().contains(line), "{line:?} is missing in {failed}");
        }
        // A run that stops short of the newest schema does not run what is written for it.
        let database = limosa_testkit::server().fresh_database();
        let project = project.variable("DATABASE_URL", database.url());
        project.limosa("up --to 001").exits(0).never_says("check");
    });
}

#[test]
fn without_an_environment_checks_run_in_a_shadow() {
    let project = clinic(Project::new()).with("checks/wrong.sql", "SELECT nmae FROM patient");
    let failed = project.limosa("check --checks").exits(1).says("1 of 2 failed").says("checks/wrong.sql:1:8");
    assert!(!project.path().join(".limosa").exists(), "the project's own server was started: {failed}");
    project.write("checks/wrong.sql", "SELECT id FROM patient");
    project.limosa("check --checks").exits(0).says("2 hold");
    project.limosa("check --checks").exits(0).says("2 hold");
    project.write("checks/wrong.sql", "DROP TABLE patient");
    project.limosa("check --checks").exits(1).says("`DROP TABLE` checks nothing: it is no query");
    project.write("limosa.toml", "[check.comand.a]\ncommand = 'true'\n");
    project.limosa("check --checks").exits(2).says("did you mean `command`?");
}

/// A checklist before a deployment, with nothing left to tick by hand.
#[test]
fn a_deployment_checklist_is_checks() {
    let project = clinic(Project::new())
        .with("CHANGELOG.md", "# Next\n")
        .with("docs/api.md", "GET /visits\n")
        .with("server/routes/visits.ts", "get('/visits')\n")
        .with("probe.sh", "test -e up || { echo \"$BASE/visits answers 500\"; exit 1; }\n")
        .with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[check]\nbase = \"main\"\n\
             [check.command.endpoints]\ncommand = \"sh probe.sh\"\nenv = { BASE = \"http://localhost:5000\" }\n\
             [check.file.changelog]\npath = \"CHANGELOG.md\"\nmentions = \"pending\"\n\
             [check.file.api-documentation]\npath = \"docs/api.md\"\nchanged_with = [\"server/routes/**\"]\n",
        );
    let git = |words: &str| run(project.path(), "git", &words.split(' ').collect::<Vec<_>>());
    git("init -q -b main");
    git("config user.email ann@example.org");
    git("config user.name Ann");
    git("add .");
    git("commit -q -m first");
    git("checkout -q -b phone");
    project.write("migrations/003_add_phone.sql", "ALTER TABLE patient ADD phone text;\n");
    project.write("server/routes/phones.ts", "get('/phones')\n");
    let failed = project.limosa("check --checks").exits(1).says("3 of 4 failed");
    for line in [
        "the check `endpoints` does not hold: `sh probe.sh` ended with exit status: 1",
        "http://localhost:5000/visits answers 500",
        "`CHANGELOG.md` does not mention 003 add_phone, which is pending",
        "`server/routes/phones.ts` was changed, and `docs/api.md` was not",
    ] {
        assert!(failed.all().contains(line), "{line:?} is missing in {failed}");
    }
    project.write("CHANGELOG.md", "# Next\n\n- patients have phones (add_phone)\n");
    project.write("docs/api.md", "GET /visits\nGET /phones\n");
    project.write("up", "");
    project.limosa("check --checks").exits(0).says("4 hold");
    git("add .");
    git("commit -q -m phones");
    project.limosa("check --checks").exits(0).says("4 hold");
    project.limosa("check --checks --base nowhere").exits(2).says("what was changed since `nowhere` cannot be told");
}

#[test]
fn a_proof_looks_at_checks_too_and_a_plan_says_what_verifies() {
    let project = clinic(Project::new()).with(
        "migrations/003_seed.sql",
        "INSERT INTO visit VALUES (5, 6);\n-- limosa: verify\nSELECT 1 WHERE false;\nSELECT 2 WHERE false;\n",
    );
    let proof = project.limosa("prove").exits(1).says("✗ check orphans  it does not hold").says("5  | 6");
    assert!(proof.stdout.ends_with("0 of 3 migrations proven\n"), "{proof}");
    let json = project.limosa("--json prove").exits(1).json();
    assert_eq!((json[3]["name"].as_str(), json[3]["verdict"].as_str()), (Some("orphans"), Some("check-fails")));
    project.limosa("plan").exits(0).says("one transaction, verified by 2 queries");
    project.write("migrations/003_seed.sql", "INSERT INTO patient VALUES (6);\n");
    project.limosa("prove").exits(0).says("✓ check orphans");
}

impl Project {
    fn write_and_up(&self, path: &str, text: &str) -> Vec<serde_json::Value> {
        self.write(path, text);
        self.limosa("--json up").exits(0).json_lines()
    }
}

#[test]
fn what_checks_found_has_a_log_of_its_own() {
    on_servers(|database| {
        let project = clinic(Project::on(database)).with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n[check]\nafter = \"each\"\n\
             [log]\nvalidation = \"logs/validation.log\"\n",
        );
        project.limosa("up").exits(0);
        project.write("migrations/003_visits.sql", "INSERT INTO visit VALUES (1, 7);\n");
        project.limosa("up").exits(1);
        let log = project.read("logs/validation.log");
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 3, "{log}");
        assert!(lines[0].contains("after 001"), "{log}");
        assert!(lines[1].contains("1 check holds"), "{log}");
        assert!(lines[2].contains("orphans"), "{log}");
    });
}
