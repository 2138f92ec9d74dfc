//! Environments: which one is meant, which one asks first, and what programs and log files are told of a run.

use limosa_testkit::Database;

use crate::place::on_servers;
use crate::project::Project;

fn project(database: &Database) -> Project {
    Project::new()
        .with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[log]\nmigration = \"logs/migration.log\"\n\
             [env.dev]\nurl = \"env:DEV_URL\"\n[env.prod]\nurl = \"env:PROD_URL\"\nconfirm = true\n",
        )
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .variable("PROD_URL", database.url())
}

fn exists(database: &Database) -> bool {
    database.execute("SELECT to_regclass('patient') IS NOT NULL")[0][0].as_deref() == Some("t")
}

#[test]
fn where_a_confirmation_is_asked_for_a_person_or_yes_gives_it() {
    on_servers(|database| {
        let project = project(database);
        let refused = project.limosa("--env prod up").exits(2);
        assert!(refused.stdout.contains("001 create_patient"), "what it is about is shown: {refused}");
        assert!(refused.stderr.contains("no terminal to ask on") && refused.stderr.contains("`--yes`"), "{refused}");
        assert!(!exists(database));
        project.limosa("--env prod status").exits(0);
        project.limosa("--env prod --yes up").exits(0);
        assert!(exists(database));
        project.limosa("--env prod up").exits(0).says("up to date");
        for verb in ["down", "redo"] {
            project.limosa(&format!("--env prod {verb}")).exits(2).says("--yes");
        }
        assert!(exists(database));

        let Some(refused) = project.limosa_on_a_terminal("--env prod down", "n\n") else { return };
        refused.exits(2).says("Take back the newest migration of clinic in prod? [y/N]").says("nothing was done");
        assert!(exists(database));
        project.limosa_on_a_terminal("--env prod down", "y\n").unwrap().exits(0).says("1 migration reverted");
        assert!(!exists(database));
        project.limosa_on_a_terminal("--env prod up", "\n").unwrap().exits(2).says("Apply this to prod? [y/N]");
        assert!(!exists(database));
        project.limosa_on_a_terminal("--env prod up", "yes\n").unwrap().exits(0).says("1 migration applied");
        assert!(exists(database));
    });
}

#[test]
fn names_that_are_not_known_and_variables_that_are_not_set_are_named() {
    on_servers(|database| {
        let project = project(database);
        project.limosa("--env prdo up").exits(2).says("no environment `prdo`").says("did you mean `prod`?");
        project.limosa("--env other up").exits(2).says("known are `dev` and `prod`");
        project.limosa("--service api up").exits(2).says("no service `api`").says("known are `clinic`");
        let unset = project.limosa("up").exits(2);
        assert!(unset.stderr.contains("DEV_URL"), "{unset}");
        let unset = project.limosa("--json status").exits(2);
        assert!(
            unset.json()["targets"][0]["diagnostics"][0]["message"].as_str().unwrap().contains("DEV_URL"),
            "{unset}"
        );
        assert!(!exists(database));
    });
}

#[test]
fn programs_get_a_line_of_json_for_each_event_and_one_at_the_end() {
    on_servers(|database| {
        let project = project(database);
        let up = project.limosa("--env prod --yes --json up").exits(0);
        assert_eq!(up.stderr, "", "what programs read is all on stdout");
        let lines = up.json_lines();
        let events: Vec<&str> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
        assert_eq!(events, ["target-begun", "planned", "migration-begun", "migration-done", "target-done"]);
        let last = lines.last().unwrap();
        assert_eq!((&last["exit"], &last["targets"][0]["migrations"]), (&0.into(), &1.into()), "{last}");
        assert_eq!(last["targets"][0]["ok"], true);

        project.write("migrations/002_broken.sql", "SELECT 1;\nSELECT nothing;\n");
        let up = project.limosa("--env prod --yes --json up").exits(2);
        let last = up.json_lines().pop().unwrap();
        assert_eq!(last["exit"], 2);
        let diagnostic = &last["targets"][0]["diagnostics"][0];
        assert_eq!((&diagnostic["line"], &diagnostic["column"]), (&2.into(), &8.into()), "{diagnostic}");
        assert_eq!(diagnostic["path"], "migrations/002_broken.sql");

        project.write("migrations/002_broken.sql", "\\set x 1\n");
        let refused = project.limosa("--env prod --yes --json up").exits(1);
        let lines = refused.json_lines();
        assert_eq!(lines.last().unwrap()["exit"], 1, "{refused}");
    });
}

#[test]
fn a_log_file_keeps_what_was_done_and_what_failed() {
    on_servers(|database| {
        let project = project(database);
        project.limosa("--env prod --yes up").exits(0);
        project.write("migrations/002_broken.sql", "SELECT nothing;\n");
        project.limosa("--env prod --yes -q up").exits(2);
        let log = project.read("logs/migration.log");
        for words in ["001 create_patient", "002 broken", "column \"nothing\" does not exist"] {
            assert!(log.contains(words), "{words} is missing in the log file:\n{log}");
        }
        assert!(log.lines().all(|line| line.starts_with("20")), "each line begins with its time:\n{log}");
        assert!(!log.contains('\u{1b}'), "no colours in files:\n{log}");
        let before = log.lines().count();
        project.limosa("--env prod status").exits(0);
        assert_eq!(project.read("logs/migration.log").lines().count(), before, "looking is not logged");
    });
}

#[test]
fn quiet_says_errors_only_and_verbose_says_more() {
    on_servers(|database| {
        let project = project(database);
        let quiet = project.limosa("--env prod --yes -q up").exits(0);
        assert_eq!(quiet.all(), "");
        project.limosa("--env prod --yes -v redo").exits(0).says("001 create_patient begins");
        project.limosa("-q -v status").exits(2).says("cannot be used with");
    });
}
