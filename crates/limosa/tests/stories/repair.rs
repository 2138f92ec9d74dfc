//! What went wrong between files and history, and is mended.

use crate::place::{on_servers, rows};
use crate::project::{Project, run};

fn clinic(project: Project) -> Project {
    project
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int PRIMARY KEY, name text);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_add_email.sql", "ALTER TABLE patient ADD email text;\n")
        .with("migrations/002_add_email.down.sql", "ALTER TABLE patient DROP email;\n")
        .with("migrations/003_add_phone.sql", "-- of the practice\nALTER TABLE patient ADD phone text;\n")
}

fn commit(project: &Project) {
    let who = ["-c", "user.name=anna", "-c", "user.email=anna@example.org"];
    run(project.path(), "git", &["init", "--quiet"]);
    run(project.path(), "git", &["add", "."]);
    run(project.path(), "git", &[&who[..], &["commit", "--quiet", "--allow-empty", "-m", "all"]].concat());
}

#[test]
fn files_that_are_gone_come_back_from_copies_git_and_the_history() {
    on_servers(|database| {
        let project = clinic(Project::on(database)).with("seeds/plan.csv", "id,name\n1,basic\n");
        project.write("migrations/003_add_phone.down.sql", "ALTER TABLE patient DROP phone;\n");
        project.write("migrations/004_plan.down.sql", "DROP TABLE plan;\n");
        project.write("migrations/004_plan.sql", "CREATE TABLE plan (id int PRIMARY KEY, name text);\n");
        project.limosa("up").exits(0);
        project.limosa("seed").exits(0);
        project.limosa("sum").exits(0);
        project.limosa("repair").exits(0).says("nothing to repair");
        let before: Vec<(String, String)> = ["001_create_patient.sql", "002_add_email.sql", "002_add_email.down.sql"]
            .map(|name| (name.to_owned(), project.read(&format!("migrations/{name}"))))
            .to_vec();

        // 001 is in git; 002 only in the history, and a copy of it was edited; the seed has a copy beside it.
        project.remove("migrations/002_add_email.sql");
        project.remove("migrations/002_add_email.down.sql");
        project.write("migrations/002_add_email.sql.bak", "ALTER TABLE patient ADD mail text;\n");
        commit(&project);
        project.remove("migrations/001_create_patient.sql");
        project.remove("migrations/001_create_patient.down.sql");
        project.write("seeds/plan.csv.bak", project.read("seeds/plan.csv"));
        project.remove("seeds/plan.csv");
        project.limosa("up").exits(1).says("limosa repair files");

        let wrong = project.limosa("repair").exits(1);
        for about in
            ["001 create_patient is applied and has no file", "002 add_email", "seed plan was run and has no file"]
        {
            assert!(wrong.stdout.contains(about), "{about:?} is missing in {wrong}");
        }
        let shown = project.limosa("repair files --dry-run").exits(0);
        for line in [
            "migrations/001_create_patient.sql  from commit",
            "migrations/002_add_email.sql  from the history",
            "migrations/002_add_email.down.sql  from the history",
            "seeds/plan.csv  from seeds/plan.csv.bak",
        ] {
            assert!(shown.stdout.contains(line), "{line:?} is missing in {shown}");
        }
        assert!(!project.path().join("seeds/plan.csv").exists(), "a dry run writes nothing");
        project.limosa("repair files --reason 'swept away'").exits(0);
        for (name, text) in &before {
            assert_eq!(project.read(&format!("migrations/{name}")), *text, "in {name}");
        }
        assert_eq!(project.read("migrations/001_create_patient.down.sql"), "DROP TABLE patient;\n");
        project.limosa("sum --check").exits(0);
        project.limosa("repair").exits(0).says("nothing to repair");
        project.limosa("up").exits(0).says("up to date");
        project.limosa("seed --dry-run").exits(0);
        project.limosa("log").exits(0).says("repair").says("swept away");
        project.limosa("down --to 001").exits(0).says("3 migrations reverted");
    });
}

#[test]
fn a_file_is_restored_by_its_name_whether_a_history_knows_it_or_not() {
    on_servers(|database| {
        let project = clinic(Project::on(database)).with("seeds/run-billing.js.bak", "run();\n");
        project.limosa("repair files seeds/run-billing.js").exits(0).says("from seeds/run-billing.js.bak");
        assert_eq!(project.read("seeds/run-billing.js"), "run();\n");
        project.limosa("repair files seeds/run-billing.js").exits(1).says("is there").says("nothing is overwritten");
        project.limosa("repair files seeds/other.js").exits(1).says("no copy of `seeds/other.js`");
    });
}

#[test]
fn a_layout_with_marks_gets_its_file_back_with_marks() {
    on_servers(|database| {
        let text = "-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\nDROP TABLE a;\n";
        let project = Project::on(database).with("migrations/20240101000000_a.sql", text).with(
            "migrations/20240102000000_b.sql",
            "-- migrate:up\nCREATE TABLE b (id int);\n\n-- migrate:down\nDROP TABLE b;\n",
        );
        project.limosa("up").exits(0);
        project.remove("migrations/20240101000000_a.sql");
        project.limosa("repair files").exits(0).says("20240101000000_a.sql  from the history");
        project.limosa("status --check").exits(0);
        let back = project.read("migrations/20240101000000_a.sql");
        assert!(back.contains("-- migrate:up") && back.contains("-- migrate:down\n\nDROP TABLE a;"), "{back}");
        project.limosa("down --steps 2").exits(0);
    });
}

#[test]
fn an_edit_that_changes_nothing_is_accepted_and_another_is_not() {
    on_servers(|database| {
        let project = clinic(Project::on(database));
        project.limosa("up").exits(0);
        project.limosa("sum").exits(0);
        project.write(
            "migrations/002_add_email.sql",
            "-- where we write to\nALTER TABLE patient ADD COLUMN email text;\n",
        );
        project.write("migrations/003_add_phone.sql", "ALTER TABLE patient ADD phone varchar;\n");
        project.limosa("up").exits(1).says("edited-applied-file");

        let refused = project.limosa("repair accept").exits(1);
        assert!(refused.stdout.contains("- ALTER TABLE patient ADD email text;"), "{refused}");
        assert!(refused.stdout.contains("+ ALTER TABLE patient ADD COLUMN email text;"), "{refused}");
        assert!(refused.stdout.contains("the same schema comes of it"), "{refused}");
        assert!(refused.stderr.contains("error[another-effect]") && refused.stderr.contains("phone"), "{refused}");
        project.limosa("repair accept 001").exits(2).says("not-edited");

        project.limosa("repair accept 002").exits(2).says("--yes");
        project.limosa("--yes repair accept 002 --reason comment").exits(0).says("1 taken for what was applied");
        let kept = rows(database, "SELECT up_sql FROM limosa.migration WHERE version = '002'");
        assert!(kept[0].starts_with("-- where we write to"), "{kept:?}");
        project.limosa("up").exits(1).never_says("002_add_email").says("003_add_phone");
        project.limosa("--yes repair accept 003 --allow another-effect").exits(0);
        project.limosa("up").exits(0).says("up to date");
        project.limosa("sum --check").exits(0);
        let detail = rows(database, "SELECT detail ->> 'proven' FROM limosa.event WHERE kind = 'repair' ORDER BY seq");
        assert_eq!(detail, ["true", "false"]);
        project.limosa("log").exits(0).never_says("broken-chain");
    });
}

#[test]
fn an_edited_file_that_writes_other_rows_is_another() {
    on_servers(|database| {
        let project = clinic(Project::on(database))
            .with("migrations/004_plan.sql", "CREATE TABLE plan (id int PRIMARY KEY, name text, at timestamptz);\n")
            .with("migrations/005_plans.sql", "INSERT INTO plan VALUES (1, 'basic', now()), (2, 'full', now());\n")
            .with("migrations/006_key.sql", "INSERT INTO plan VALUES (3, gen_random_uuid()::text, now());\n");
        project.limosa("up --to 005").exits(0);

        project.write(
            "migrations/005_plans.sql",
            "-- the plans\nINSERT INTO plan VALUES (2, 'full', now()), (1, 'basic', now());\n",
        );
        project.limosa("--yes repair accept 005").exits(0).says("the same schema and the same 2 rows come of it");
        project.write("migrations/005_plans.sql", "INSERT INTO plan VALUES (1, 'basic', now()), (2, 'half', now());\n");
        let refused = project.limosa("--yes repair accept 005").exits(1).says("leads to other rows");
        assert!(refused.stderr.contains("error[another-effect]"), "{refused}");
        project.limosa("--yes repair accept 005 --allow another-effect").exits(0);

        project.limosa("up").exits(0);
        let edited = format!("-- a key\n{}", project.read("migrations/006_key.sql"));
        project.write("migrations/006_key.sql", edited);
        project.limosa("--yes repair accept 006").exits(1).says("differ from run to run");
    });
}

#[test]
fn a_seed_counts_as_written_where_its_rows_say_so() {
    on_servers(|database| {
        let project = clinic(Project::on(database))
            .with("seeds/patient.csv", "id,name\n1,Ann\n")
            .with("seeds/links.sql", "UPDATE patient SET name = 'Ann' WHERE id = 1;\n");
        project.limosa("up").exits(0);
        project.limosa("seed").exits(0);
        project.limosa("--yes repair accept --seed patient").exits(2).says("not edited since");
        project.write("seeds/patient.csv", "id,name\n\n1,Ann\n");
        project.limosa("status").exits(0).says("1 changed");
        project.limosa("--yes repair accept --seed patient").exits(0).says("counts as it was last run");
        project.limosa("status").exits(0).never_says("changed");

        project.write("seeds/patient.csv", "id,name\n1,Bob\n");
        project.limosa("--yes repair accept --seed patient").exits(1).says("rows are not what the file says");
        project.write("seeds/patient.csv", "id,name\n\n1,Ann\n");
        project.write("seeds/links.sql", "-- once more\nUPDATE patient SET name = 'Ann' WHERE id = 1;\n");
        project.limosa("--yes repair accept --seed links").exits(1).says("error[another-effect]");
        project.limosa("--yes repair accept --seed links --allow another-effect").exits(0);
        project.limosa("status").exits(0).never_says("changed");
        project.limosa("repair accept --seed nothing").exits(2).says("there is no seed");
    });
}

#[test]
fn what_is_half_done_is_settled_after_a_look() {
    on_servers(|database| {
        let project = clinic(Project::on(database)).with(
            "migrations/004_index.sql",
            "CREATE TABLE visit (id int);\nCREATE INDEX CONCURRENTLY by_name ON patient (name);\n\
             ALTER TABLE visit ADD broken nowhere;\n",
        );
        project.limosa("up").exits(3);
        project.limosa("status").exits(0).says("half done");
        project.limosa("repair").exits(1).says("004 index is half done").says("repair resolve 004");
        // The file says what was meant.
        project.write(
            "migrations/004_index.sql",
            "CREATE TABLE visit (id int);\nCREATE INDEX CONCURRENTLY by_name ON patient (name);\n\
             ALTER TABLE visit ADD note text;\n",
        );
        let partly = project.limosa("repair resolve 004").exits(1);
        assert!(partly.stderr.contains("error[half-in-effect]"), "{partly}");
        assert!(partly.stdout.contains("missing:") && partly.stdout.contains("public.visit.note"), "{partly}");
        assert!(partly.stdout.contains("✓ index public.by_name was added"), "{partly}");

        // Somebody brings it to an end by hand.
        database.execute("ALTER TABLE visit ADD note text");
        project.limosa("repair resolve 004 --dry-run").exits(1).never_says("missing");
        project.limosa("--yes repair resolve 004").exits(0).says("counts as applied");
        project.limosa("status --check").exits(0);
        project.limosa("repair resolve 004").exits(2).says("not half done");

        // Or takes it back by hand.
        let project =
            project.with("migrations/005_more.sql", "VACUUM patient;\nALTER TABLE visit ADD broken nowhere;\n");
        project.limosa("up").exits(3);
        project.write("migrations/005_more.sql", "VACUUM patient;\nALTER TABLE visit ADD good text;\n");
        project.limosa("--yes repair resolve 005").exits(0).says("counts as not applied");
        project.limosa("up").exits(0).says("1 migration applied");
    });
}
