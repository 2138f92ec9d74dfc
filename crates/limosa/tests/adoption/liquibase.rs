//! Liquibase, a program for Java, with changelogs in SQL and in XML.

use limosa_testkit::{Database, old_tools};

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::{Ran, Tool};

const TABLE: &str = "databasechangelog";
const FILE: &str = "db/changelog/clinic.sql";

/// The program of a package; `None`, with a word, where it or Java is not installed.
fn liquibase(package: &str) -> Option<Tool> {
    let packages = old_tools().join("node/node_modules");
    let home = packages.join(package).join("dist/liquibase");
    // The older package brings no driver of its own.
    let driver = packages.join("liquibase/dist/liquibase/internal/lib/postgresql.jar");
    let jars = [home.join("internal/lib/*"), home.join("lib/*"), home.join("liquibase.jar"), driver];
    if !home.is_dir() {
        println!("{package} is not installed, so no history of its is taken over");
        return None;
    }
    let classes: Vec<String> = jars.iter().map(|path| path.display().to_string()).collect();
    let java = Tool::of_system("java")?;
    Some(java.with_words(&["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", &classes.join(":"), MAIN]))
}

const MAIN: &str = "liquibase.integration.commandline.LiquibaseCommandLine";

fn changelog(steps: usize) -> String {
    let mut text = "--liquibase formatted sql\n".to_owned();
    for (number, (name, up, down)) in STEPS.iter().take(steps).enumerate() {
        text.push_str(&format!(
            "\n--changeset ann:{} labels:{name}\n--comment: {name}\n{up}\n--rollback {down}\n",
            number + 1
        ));
    }
    text
}

fn clinic(database: &Database) -> Project {
    project(database, "migrations", None).with("migrations/.gitkeep", "").with(FILE, changelog(2))
}

fn run(liquibase: &Tool, project: &Project, database: &Database, verb: &str) -> Ran {
    let (user, rest) = database.url().split_once("://").and_then(|(_, rest)| rest.split_once('@')).unwrap();
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let words = format!(
        "--log-level=severe --changelog-file={FILE} --url=jdbc:postgresql://{rest} --username={user} \
         --password={password} {verb}"
    );
    liquibase.run(project, database.url(), &words)
}

#[test]
fn changesets_in_sql_become_files_and_their_sums_are_verified() {
    let Some(tool) = liquibase("liquibase") else { return };
    on_servers(|database| {
        let project = clinic(database);
        run(&tool, &project, database, "update").succeeds();
        project.write(FILE, changelog(3));
        let before = content(database, TABLE);
        project.limosa("adopt --yes").exits(0).says("2 as applied").says("Liquibase has not run");
        assert_eq!(standing(&project), (2, 0));
        assert_eq!(content(database, TABLE), before);
        run(&tool, &project, database, "status").succeeds();
        project.limosa("--yes down").exits(0);
        assert_eq!(schema(database), ["patient.id"]);
        let fresh = database.server().fresh_database();
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        assert_eq!(schema(&fresh), ["patient.id", "patient.name"]);
    });
}

#[test]
fn sums_of_the_eighth_version_are_verified_as_well() {
    let Some(tool) = liquibase("liquibase-8") else { return };
    on_servers(|database| {
        let project = clinic(database);
        run(&tool, &project, database, "update").succeeds();
        let sums = database.execute("SELECT min(md5sum) FROM databasechangelog");
        assert!(sums[0][0].as_deref().unwrap().starts_with("8:"), "{sums:?}");
        project.limosa("adopt --yes").exits(0).says("2 as applied");
    });
}

#[test]
fn an_edited_changeset_a_failed_one_and_a_lock_are_told() {
    let Some(tool) = liquibase("liquibase") else { return };
    on_servers(|database| {
        let project = clinic(database);
        project.write(FILE, changelog(3).replace("CREATE TABLE visit (id int", "CREATE TABLE visit (id nothing"));
        run(&tool, &project, database, "update").fails();
        project.limosa("adopt").exits(1).says("2 as applied").says("Liquibase has not run");
        project.write(FILE, changelog(2).replace("ADD name text", "ADD full_name text"));
        project.limosa("adopt --yes").exits(1).says("was edited after Liquibase had applied it");
        project.write(FILE, changelog(2));
        database.execute("UPDATE databasechangeloglock SET locked = true, lockedby = 'pod-1'");
        project.limosa("adopt --yes").exits(1).says("locked by pod-1").says("release-locks");
        run(&tool, &project, database, "release-locks").succeeds();
        project.limosa("adopt --yes").exits(0);
    });
}

#[test]
fn a_guarded_history_lets_the_tool_fail_before_anything_is_in_effect() {
    let Some(tool) = liquibase("liquibase") else { return };
    on_servers(|database| {
        let project = clinic(database);
        run(&tool, &project, database, "update").succeeds();
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        project.write(FILE, changelog(3));
        run(&tool, &project, database, "update").fails();
        assert_eq!(schema(database), before, "it commits a changeset before it writes the row");
    });
}
