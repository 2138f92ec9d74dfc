//! The sum file, and moving one's own migrations behind those of others.

use crate::place::on_servers;
use crate::project::{Project, run};

fn numbered(project: Project) -> Project {
    project
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int);\n\nCREATE TABLE visit (id int);\n")
        .with("migrations/002_add_name.sql", "ALTER TABLE patient ADD name text;\n")
}

#[test]
fn the_sum_file_is_written_checked_and_renewed() {
    on_servers(|database| {
        let project = numbered(Project::on(database));
        project.limosa("sum --check").exits(1).says("out of date; run `limosa sum`");
        project.limosa("sum").exits(0).says("migrations/limosa.sum  written");
        project.limosa("sum --check").exits(0).says("up to date");
        project.limosa("up --steps 1").exits(0);

        // What is not applied may change; the sum file is then behind, which is said and stops nothing.
        project.write("migrations/002_add_name.sql", "ALTER TABLE patient ADD name varchar;\n");
        project.limosa("sum --check").exits(1);
        project.limosa("plan").exits(0).says("warning[sum-outdated]").says("migrations/limosa.sum:3");
        project.limosa("sum").exits(0).says("written");
        project.limosa("up").exits(0).never_says("warning");

        // A checkout with other line ends holds the same migrations.
        for name in ["001_create_patient.sql", "002_add_name.sql", "limosa.sum"] {
            let path = format!("migrations/{name}");
            project.write(&path, project.read(&path).replace('\n', "\r\n"));
        }
        project.limosa("sum --check").exits(0);
        project.limosa("up").exits(0).says("up to date").never_says("warning");

        // What is applied may not.
        project.write("migrations/001_create_patient.sql", "CREATE TABLE patient (id bigint);\n");
        let before = project.read("migrations/limosa.sum");
        project.limosa("sum").exits(1).says("edited-applied-file");
        assert_eq!(project.read("migrations/limosa.sum"), before);
        let new = project.limosa("new add_allergy").exits(0);
        assert!(new.stdout.ends_with("migrations/limosa.sum\n"), "a new migration is entered at once: {new}");
    });
}

#[test]
fn two_branches_that_both_add_a_migration_conflict_in_git_and_not_later() {
    on_servers(|database| {
        let project = numbered(Project::on(database));
        let git = |words: &[&str]| run(project.path(), "git", words);
        let commit = |message: &str| {
            git(&["add", "."]);
            git(&["-c", "user.name=anna", "-c", "user.email=anna@example.org", "commit", "--quiet", "-m", message]);
        };
        git(&["init", "--quiet", "--initial-branch", "main"]);
        project.limosa("sum").exits(0);
        commit("first");
        git(&["checkout", "--quiet", "-b", "mine"]);
        project.write("migrations/003_add_email.sql", "ALTER TABLE patient ADD email text;\n");
        project.limosa("sum").exits(0);
        commit("mine");
        git(&["checkout", "--quiet", "main"]);
        project.write("migrations/003_add_phone.sql", "ALTER TABLE patient ADD phone text;\n");
        project.write("migrations/004_add_fax.sql", "ALTER TABLE patient ADD fax text;\n");
        project.limosa("sum").exits(0);
        commit("theirs");
        project.limosa("up").exits(0).says("4 migrations applied");
        git(&["checkout", "--quiet", "mine"]);

        let merged = std::process::Command::new("git")
            .args(["-c", "user.name=anna", "-c", "user.email=anna@example.org", "merge", "--quiet", "main"])
            .current_dir(project.path())
            .output()
            .unwrap();
        assert!(!merged.status.success(), "git must see that two branches added a migration");
        assert!(project.read("migrations/limosa.sum").contains("<<<<<<<"));
        let refused = project.limosa("up").exits(1);
        assert!(
            refused.stderr.contains("migrations/limosa.sum:") && refused.stderr.contains("limosa sum"),
            "{refused}"
        );

        // Mine moves behind theirs, first in words, then in deed.
        let planned = project.limosa("rebase --onto main --dry-run").exits(0);
        assert_eq!(planned.stdout, "migrations/003_add_email.sql → migrations/005_add_email.sql\n");
        assert!(project.list("migrations").contains(&"003_add_email.sql".to_owned()), "a dry run renames nothing");
        assert_eq!(project.limosa("rebase --onto main").exits(0).stdout, planned.stdout);
        project.limosa("sum --check").exits(0);
        project.limosa("rebase --onto main").exits(0).says("nothing to move");
        project.limosa("up").exits(0).says("1 migration applied");
        project
            .limosa("rebase --onto nowhere")
            .exits(2)
            .says("git cannot list the files of `nowhere`")
            .says("git branch --all");
        commit("merged");
    });
}

#[test]
fn mine_move_behind_what_is_applied() {
    on_servers(|database| {
        let project = numbered(Project::on(database));
        project.write("migrations/004_add_fax.sql", "ALTER TABLE patient ADD fax text;\n");
        project.limosa("up").exits(0);
        for name in ["003_add_email", "004_add_phone"] {
            let column = &name[8..];
            project.write(&format!("migrations/{name}.sql"), format!("ALTER TABLE patient ADD {column} text;\n"));
            project.write(&format!("migrations/{name}.down.sql"), format!("ALTER TABLE patient DROP {column};\n"));
        }
        project.limosa("up").exits(1).says("out-of-sequence").says("duplicate-version").says("limosa rebase");
        let moved = project.limosa("rebase").exits(0);
        assert_eq!(moved.stdout.lines().count(), 4, "{moved}");
        assert_eq!(
            project.list("migrations")[2..],
            [
                "004_add_fax.sql",
                "005_add_email.down.sql",
                "005_add_email.sql",
                "006_add_phone.down.sql",
                "006_add_phone.sql"
            ]
        );
        project.limosa("up").exits(0).says("2 migrations applied");
        project.limosa("rebase").exits(0).says("nothing to move");
    });
}
