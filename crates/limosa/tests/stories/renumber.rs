//! Migrations get other versions: on disk, and in every history.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::{Project, run};

/// Two branches have numbered alike, and wrappers of another tool load the files by name.
fn with_duplicates(project: Project) -> Project {
    project
        .with("migrations/002_create_patient.sql", "CREATE TABLE patient (id int PRIMARY KEY);\n")
        .with("migrations/010_add_password.sql", "ALTER TABLE patient ADD password text;\n")
        .with("migrations/010_create_mapper.sql", "CREATE TABLE mapper (id int);\n")
        .with("migrations/010_create_mapper.down.sql", "DROP TABLE mapper;\n")
        .with("migrations/011_add_vendor.sql", "-- Depends on 010_create_mapper\nALTER TABLE mapper ADD vendor text;\n")
        .with("migrations/011_add_vendor.down.sql", "ALTER TABLE mapper DROP vendor;\n")
        .with(
            "migrations/20240101000010-create_mapper.js",
            "module.exports = { up: (q) => q.query(read(join(__dirname, '010_create_mapper.sql'))) };\n",
        )
}

/// The versions that a history has, with the names.
fn history(database: &Database) -> Vec<String> {
    rows(database, "SELECT version || ' ' || name || ' ' || path FROM limosa.migration ORDER BY version::numeric")
}

fn tables(database: &Database) -> String {
    let sql = "SELECT string_agg(relname || ':' || relnatts, ' ' ORDER BY relname) FROM pg_class \
               WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    rows(database, sql).join("")
}

#[test]
fn duplicates_that_nobody_ran_keep_their_place_and_the_rest_makes_room() {
    on_servers(|database| {
        let project = with_duplicates(Project::on(database));
        project.limosa("up").exits(1).says("duplicate-version").says("limosa renumber");
        let shown = project.limosa("renumber --dry-run").exits(1);
        for words in [
            "migrations/010_create_mapper.sql",
            "011_create_mapper.sql",
            "012_add_vendor.sql",
            "the order stays",
            "20240101000010-create_mapper.js keeps its name",
            "010_create_mapper.sql → 011_create_mapper.sql",
            "011_add_vendor.sql:1  -- Depends on 010_create_mapper",
        ] {
            assert!(shown.stdout.contains(words), "{words:?} is missing in {shown}");
        }
        assert!(project.list("migrations").contains(&"010_create_mapper.sql".to_owned()), "nothing is renamed yet");
        project.limosa("renumber").exits(2).says("--yes");
        project.limosa("--yes renumber --wrappers rename").exits(0).says("would run those again");
        assert_eq!(
            project.list("migrations"),
            [
                "002_create_patient.sql",
                "010_add_password.sql",
                "011_create_mapper.down.sql",
                "011_create_mapper.sql",
                "012_add_vendor.down.sql",
                "012_add_vendor.sql",
                "20240101000011-create_mapper.js",
                "limosa.renumber",
            ]
        );
        assert!(project.read("migrations/20240101000011-create_mapper.js").contains("'011_create_mapper.sql'"));
        project.limosa("up").exits(0).says("4 migrations applied");
        assert_eq!(tables(database), "mapper:2 patient:2");
        project.limosa("renumber").exits(0).says("nothing to renumber");
    });
}

#[test]
fn duplicates_are_parted_before_a_history_is_taken_over() {
    on_servers(|database| {
        let wrapper = |sql: &str| format!("module.exports = {{ up: (q) => q.query(fs.readFileSync('{sql}')) }};\n");
        let project = Project::on(database)
            .with("migrations/010_create_mapper.sql", "CREATE TABLE mapper (id int);\n")
            .with("migrations/010_add_password.sql", "CREATE TABLE password (id int);\n")
            .with("migrations/011_add_vendor.sql", "ALTER TABLE mapper ADD vendor text;\n")
            .with("migrations/20240101000010-add_password.js", wrapper("010_add_password.sql"))
            .with("migrations/20240101000011-create_mapper.js", wrapper("010_create_mapper.sql"))
            .with("migrations/20240101000012-add_vendor.js", wrapper("011_add_vendor.sql"));
        database.execute(
            "CREATE TABLE password (id int); CREATE TABLE mapper (id int, vendor text); \
             CREATE TABLE \"SequelizeMeta\" (name varchar(255) PRIMARY KEY); \
             INSERT INTO \"SequelizeMeta\" VALUES ('20240101000010-add_password.js'), \
             ('20240101000011-create_mapper.js'), ('20240101000012-add_vendor.js')",
        );
        project.limosa("adopt").exits(1).says("colliding-versions").says("limosa renumber");
        project.limosa("--yes renumber").exits(0).says("011_create_mapper.sql");
        project.limosa("--yes adopt").exits(0);
        project.limosa("status --check").exits(0);
        assert_eq!(
            history(database),
            [
                "010 add_password migrations/010_add_password.sql",
                "011 create_mapper migrations/011_create_mapper.sql",
                "012 add_vendor migrations/012_add_vendor.sql",
            ]
        );
        project.limosa("up").exits(0).says("up to date");
    });
}

#[test]
fn an_environment_that_was_out_of_reach_is_put_right_by_its_next_run() {
    on_servers(|database| {
        let staging = database.server().fresh_database();
        let project = with_duplicates(Project::on(database).with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
             [env.staging]\nurl = \"env:STAGING_URL\"\n",
        ));
        // Each environment was migrated from another branch, so 010 means something else in each.
        let with_staging = |project: Project| project.variable("STAGING_URL", staging.url());
        project.remove("migrations/010_create_mapper.sql");
        project.remove("migrations/010_create_mapper.down.sql");
        project.remove("migrations/011_add_vendor.sql");
        project.remove("migrations/011_add_vendor.down.sql");
        project.limosa("up").exits(0);
        let project = with_staging(with_duplicates(project));
        project.remove("migrations/010_add_password.sql");
        project.limosa("--env staging up").exits(0).says("3 migrations applied");
        let project = with_duplicates(project);
        project.limosa("sum --offline").exits(1);

        // Staging cannot be reached meanwhile.
        let project = project.variable("STAGING_URL", "postgres://nobody@127.0.0.1:1/none");
        let map = "# as the team agreed\n010_create_mapper -> 026\n011_add_vendor → 027\n";
        let project = project.with("map.txt", map);
        let done = project.limosa("--yes renumber --map map.txt --reason 'two branches'").exits(0);
        done.says("026_create_mapper.sql")
            .says("staging: its next `limosa up`")
            .says("left to their next `limosa up`: staging");
        assert_eq!(history(database).len(), 2);
        project.limosa("--env dev up").exits(0).says("2 migrations applied");

        let project = with_staging(project);
        project
            .limosa("--env staging status")
            .exits(0)
            .says("warning[renumber-due]")
            .says("010 becomes 026 and 1 more");
        project.limosa("--env staging plan --order any").exits(0).says("010 add_password").never_says("create_mapper");
        assert_eq!(
            history(&staging)[1],
            "010 create_mapper migrations/010_create_mapper.sql",
            "looking writes nothing"
        );
        let plan = project.limosa("--env staging --json plan --order any").exits(0).stdout;
        let project = project.with("plan.json", plan);

        // A server that takes no writes keeps it back once more.
        let name = rows(&staging, "SELECT current_database()").concat();
        database.execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
        project
            .limosa("--yes renumber")
            .exits(2)
            .says("takes no writes")
            .says("staging clinic: its next `limosa up` puts its history right");
        database.execute(&format!("ALTER DATABASE {name} RESET default_transaction_read_only"));

        // What was planned is what runs, although the history is put right before it.
        project.limosa("--env staging up --plan plan.json").exits(0).says("1 migration applied");
        assert_eq!(
            history(&staging),
            [
                "002 create_patient migrations/002_create_patient.sql",
                "010 add_password migrations/010_add_password.sql",
                "026 create_mapper migrations/026_create_mapper.sql",
                "027 add_vendor migrations/027_add_vendor.sql",
            ]
        );
        assert_eq!(tables(&staging), tables(database));
        project.limosa("--env staging status --check").exits(0).never_says("renumber-due");
        project.limosa("--env staging log").exits(0).says("renumber");
        project.limosa("--env staging renumber").exits(0).says("nothing to renumber");

        // The way back takes the file of the right migration.
        project.limosa("--env staging down --only 027").exits(0);
        project.limosa("--env staging down --only 026").exits(0);
        assert_eq!(tables(&staging), "patient:2");
    });
}

#[test]
fn another_order_is_taken_only_if_it_leads_to_the_same_schema() {
    on_servers(|database| {
        let project = with_duplicates(Project::on(database));
        // 011 needs what 010 makes, so it cannot come first.
        let project = project.with("map.txt", "010_create_mapper -> 026\n");
        project.limosa("--yes renumber --map map.txt").exits(1).says("the new order cannot be run").says("--unproven");
        let project = project.with("map.txt", "010_add_password -> 026\n");
        project.limosa("renumber --map map.txt --dry-run").exits(1).says("both lead to the same schema");
        // Two views of one name: the last one counts.
        let project = project
            .with("migrations/012_view.sql", "CREATE OR REPLACE VIEW v AS SELECT id FROM patient;\n")
            .with("migrations/013_view.sql", "CREATE OR REPLACE VIEW v AS SELECT id FROM patient WHERE id > 0;\n")
            .with("map.txt", "010_create_mapper -> 026\n011_add_vendor -> 027\n012_view -> 028\n");
        let refused = project.limosa("--yes renumber --map map.txt").exits(1);
        assert!(
            refused.stderr.contains("error[not-the-same]") && refused.stderr.contains("view public.v was changed"),
            "{refused}"
        );
        assert!(project.list("migrations").contains(&"010_create_mapper.sql".to_owned()), "nothing was renamed");
    });
}

#[test]
fn an_order_that_leads_to_other_rows_is_refused() {
    on_servers(|database| {
        let project = Project::on(database)
            .with("migrations/010_plan.sql", "CREATE TABLE plan (code text PRIMARY KEY, title text);\n")
            .with("migrations/011_basic.sql", "INSERT INTO plan VALUES ('b', 'basic');\n")
            .with("migrations/012_titles.sql", "UPDATE plan SET title = upper(title);\n")
            .with("migrations/013_other.sql", "CREATE TABLE other (id int);\n")
            .with("map.txt", "011_basic -> 020\n");
        let refused = project.limosa("--yes renumber --map map.txt").exits(1).says("leads to other rows");
        assert!(refused.stderr.contains("error[not-the-same]"), "{refused}");
        project.write("map.txt", "013_other -> 005\n");
        project.limosa("--yes renumber --map map.txt").exits(0);
        project.limosa("up").exits(0);
        project.write("map.txt", "005_other -> 030\n");
        project.limosa("--yes renumber --map map.txt").exits(0);
        project.limosa("log").exits(0).says("005 → 030");
    });
}

#[test]
fn numbers_become_points_in_time_and_numbers_again() {
    on_servers(|database| {
        let project = Project::on(database)
            .with("migrations/001_a.sql", "CREATE TABLE a (id int);\n")
            .with("migrations/001_a.down.sql", "DROP TABLE a;\n")
            .with("migrations/002_b.sql", "CREATE TABLE b (id int);\n");
        let git = |words: &[&str]| run(project.path(), "git", words);
        let commit = |date: &str| {
            let words =
                ["-c", "user.name=anna", "-c", "user.email=anna@example.org", "commit", "--quiet", "-m", "more"];
            let script = format!("GIT_COMMITTER_DATE='{date}' GIT_AUTHOR_DATE='{date}' git \"$@\"");
            git(&["add", "."]);
            run(project.path(), "sh", &[&["-c", script.as_str(), "git"], &words[..]].concat());
        };
        git(&["init", "--quiet"]);
        commit("2024-03-01T08:00:00Z");
        project.write("migrations/003_c.sql", "CREATE TABLE c (id int);\n");
        commit("2024-04-01T09:30:00Z");
        project.limosa("up").exits(0);
        project.limosa("sum").exits(0);
        project.limosa("--yes renumber --to timestamps").exits(0).says("3 versions put right");
        let files = project.list("migrations");
        assert_eq!(
            files[..4],
            ["20240301080000_a.down.sql", "20240301080000_a.sql", "20240301080001_b.sql", "20240401093000_c.sql"]
        );
        project.limosa("sum --check").exits(0);
        project.limosa("status --check").exits(0);
        project.limosa("up").exits(0).says("up to date");
        project.limosa("log").exits(0).never_says("broken-chain");
        project.limosa("--yes renumber --to sequence").exits(0).says("3 versions put right");
        project.limosa("status --check").exits(0);
        assert_eq!(history(database)[0], "001 a migrations/001_a.sql");
        project.limosa("down --to 001").exits(1).says("no way back");
        project.limosa("renumber --to sequence").exits(0);
    });
}

#[test]
fn a_run_that_was_cut_off_is_gone_on_with() {
    on_servers(|database| {
        let project = with_duplicates(Project::on(database));
        // The note that a run leaves first, and of its steps the first two.
        let shown = project.limosa("--json renumber --dry-run").exits(1).json();
        let renames = shown["folders"][0]["renames"].as_array().unwrap().clone();
        let steps: Vec<serde_json::Value> =
            renames.iter().map(|rename| serde_json::json!({ "rename": rename["from"], "to": rename["to"] })).collect();
        for rename in &renames[..2] {
            let path = |key: &str| project.path().join("migrations").join(rename[key].as_str().unwrap());
            std::fs::rename(path("from"), path("to")).unwrap();
        }
        project.write("migrations/.limosa-files", format!("{}\ndone\n", serde_json::Value::from(steps)));
        project.limosa("up").exits(1).says("files-half-changed").says("limosa renumber");
        project.limosa("renumber --dry-run").exits(2).says("files-half-changed");
        project.limosa("--yes renumber").exits(0).says("that was cut off is finished").says("nothing to renumber");
        project.limosa("up").exits(0).says("4 migrations applied");
    });
}

#[test]
fn a_history_with_a_migration_that_has_the_version_is_refused() {
    on_servers(|database| {
        let project = Project::on(database)
            .with("migrations/001_a.sql", "CREATE TABLE a (id int);\n")
            .with("migrations/005_mine.sql", "CREATE TABLE mine (id int);\n");
        project.limosa("up").exits(0);
        project.remove("migrations/005_mine.sql");
        let project = project.with("map.txt", "001_a -> 005\n");
        project.limosa("--yes renumber --map map.txt").exits(1).says("error[versions-meet]");
        let refused = project.limosa("up").exits(1);
        assert!(refused.stderr.contains("error[versions-meet]"), "{refused}");
        assert_eq!(history(database)[0], "001 a migrations/001_a.sql", "nothing was written");
        project.limosa("status").exits(0).says("✗ see above");
    });
}

#[test]
fn services_that_share_a_folder_are_renumbered_together() {
    on_servers(|database| {
        let other = database.server().fresh_database();
        let project = Project::on(database)
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                 [service.api]\nmigrations = \"db\"\n\
                 [service.copy]\nmigrations = \"db\"\nurl = \"env:COPY_URL\"\n",
            )
            .with("db/001_a.sql", "CREATE TABLE a (id int);\n")
            .with("db/002_b.sql", "CREATE TABLE b (id int);\n")
            .variable("COPY_URL", other.url());
        project.limosa("up").exits(0);
        let project = project.with("map.txt", "002_b -> 010\n");
        project.limosa("--yes renumber --map map.txt").exits(0);
        for database in [database, &other] {
            assert_eq!(history(database)[1], "010 b db/010_b.sql");
        }
        project.limosa("status --check").exits(0);
    });
}
