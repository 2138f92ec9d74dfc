//! Which migrations run, and in which order: late ones, parts, files that do not fit the history.

use limosa_testkit::Database;

use crate::place::on_servers;
use crate::project::Project;

/// A table for each number, with its way back.
fn with_tables(project: Project, numbers: &[u32]) -> Project {
    for number in numbers {
        add_table(&project, *number);
    }
    project
}

fn add_table(project: &Project, number: u32) {
    project
        .write(&format!("migrations/{number:03}_create_t{number}.sql"), format!("CREATE TABLE t{number} (id int);\n"));
    project.write(&format!("migrations/{number:03}_create_t{number}.down.sql"), format!("DROP TABLE t{number};\n"));
}

/// The tables that there are, in order.
fn tables(database: &Database) -> String {
    let sql = "SELECT string_agg(relname, ' ' ORDER BY length(relname), relname) FROM pg_class \
               WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    database.execute(sql)[0][0].clone().unwrap_or_default()
}

#[test]
fn a_late_file_is_refused_unless_any_order_will_do() {
    on_servers(|database| {
        let project = with_tables(Project::on(database), &[1, 3]);
        project.limosa("up").exits(0);
        add_table(&project, 2);
        add_table(&project, 4);
        for words in ["up", "plan", "up --dry-run"] {
            let refused = project.limosa(words).exits(1);
            assert!(refused.stderr.contains("002_create_t2.sql` comes before version 003 `create_t3`"), "{refused}");
            assert!(refused.stderr.contains("limosa rebase") && refused.stderr.contains("--order any"), "{refused}");
        }
        project.limosa("status").exits(0).says("comes before version").says("✗ see above");
        assert_eq!(tables(database), "t1 t3", "nothing was applied");
        project.limosa("plan --order any").exits(0).says("002 create_t2").says("004 create_t4");
        project.limosa("up --order any").exits(0).says("2 migrations applied");
        assert_eq!(tables(database), "t1 t2 t3 t4");

        project.limosa("down --only 002").exits(0);
        project.limosa("up").exits(1);
        let toml = project.read("limosa.toml");
        project.write("limosa.toml", format!("{toml}[run]\norder = \"any\"\n"));
        project.limosa("up").exits(0);
        project.limosa("up --order linear").exits(0).says("up to date");
    });
}

#[test]
fn a_run_goes_as_far_as_it_is_told() {
    on_servers(|database| {
        let project = with_tables(Project::on(database), &[1, 2, 3, 4, 5]);
        project.limosa("up --to 002").exits(0).says("2 migrations applied");
        project.limosa("up --steps 1").exits(0).says("1 migration applied");
        assert_eq!(tables(database), "t1 t2 t3");
        project.limosa("up --to 2").exits(0).says("up to date");
        project.limosa("up --to 9").exits(1).says("no migration with version 9").says("limosa status -v");
        project.limosa("up --to 4 --steps 1").exits(2).says("cannot be used with");
        project.limosa("plan --steps 1").exits(0).says("004 create_t4").never_says("005");
        project.limosa("up").exits(0).says("2 migrations applied");
        project.limosa("down --to 003").exits(0).says("2 migrations reverted");
        project.limosa("down --to 9").exits(1).says("9 is not applied");
        project.limosa("down --steps 2").exits(0);
        assert_eq!(tables(database), "t1");
    });
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    on_servers(|database| {
        let project = with_tables(Project::on(database), &[1, 2, 4]);
        project.limosa("up").exits(0);
        project.write("migrations/001_create_t1.sql", "CREATE TABLE t1 (id bigint);\n");
        project.remove("migrations/002_create_t2.sql");
        project.remove("migrations/002_create_t2.down.sql");
        add_table(&project, 3);
        add_table(&project, 5);
        project.write("migrations/5_other.sql", "SELECT 1;\n");
        let refused = project.limosa("up").exits(1);
        for (code, place) in [
            ("edited-applied-file", "migrations/001_create_t1.sql"),
            ("missing-applied-file", "version 002 `create_t2` is applied"),
            ("out-of-sequence", "migrations/003_create_t3.sql"),
            ("duplicate-version", "`migrations/005_create_t5.sql`, `migrations/5_other.sql`"),
        ] {
            assert!(refused.stderr.contains(&format!("error[{code}]")), "{code} is missing in {refused}");
            assert!(refused.stderr.contains(place), "{place} is missing in {refused}");
        }
        let json = project.limosa("--json status").exits(0).json();
        assert_eq!(json["targets"][0]["state"], "problems");
        assert_eq!(json["targets"][0]["diagnostics"].as_array().unwrap().len(), 4, "{json}");
        assert_eq!(tables(database), "t1 t2 t4", "nothing was applied");
    });
}

#[test]
fn a_file_that_is_not_applied_may_be_edited_freely() {
    on_servers(|database| {
        let project = with_tables(Project::on(database), &[1, 2]);
        project.limosa("up --steps 1").exits(0);
        project.write("migrations/002_create_t2.sql", "CREATE TABLE t2 (id int);\nCREATE TABLE broken (id itn);\n");
        let failed = project.limosa("up").exits(2);
        assert!(failed.stderr.contains("migrations/002_create_t2.sql:2:25"), "{failed}");
        assert!(failed.stderr.contains("type \"itn\" does not exist"), "{failed}");
        assert_eq!(tables(database), "t1", "what failed was rolled back");
        project.write("migrations/002_create_t2.sql", "CREATE TABLE t2 (id int);\nCREATE TABLE mended (id int);\n");
        project.limosa("up").exits(0);
        assert_eq!(tables(database), "t1 t2 mended");
    });
}

#[test]
fn repeatable_objects_run_again_when_they_change_in_the_order_of_their_needs() {
    on_servers(|database| {
        let project = with_tables(Project::on(database), &[1])
            .with(
                "migrations/repeatable/a_summary.sql",
                "CREATE OR REPLACE VIEW summary AS SELECT id, one() AS one FROM base;\n",
            )
            .with("migrations/repeatable/base.sql", "CREATE OR REPLACE VIEW base AS SELECT id FROM t1;\n")
            .with(
                "migrations/repeatable/one.sql",
                "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
            );
        let up = project.limosa("up").exits(0).says("4 migrations applied");
        let at = |name: &str| up.stderr.find(name).unwrap_or_else(|| panic!("{name} is missing in {up}"));
        assert!(at("a_summary") > at("base") && at("a_summary") > at(" one"), "{up}");
        project.limosa("up").exits(0).says("up to date");
        project.write(
            "migrations/repeatable/one.sql",
            "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1 + 0';\n",
        );
        project.limosa("plan").exits(0).says("migrations/repeatable/one.sql").never_says("base.sql");
        project.limosa("up").exits(0).says("1 migration applied");
        project.limosa("status --check").exits(0);
        project.limosa("log").says("one");
        database.execute("SELECT * FROM summary");
    });
}
