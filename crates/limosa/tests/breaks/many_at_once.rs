//! Many runs at once on one target: each migration happens once, and nobody fails.

use limosa_testkit::{Database, PrivateServer, PrivateServerOptions, query, server, servers};

use crate::database::Target;
use crate::patience::wait_until;
use crate::project::{Ended, Project, Running};

const MIGRATIONS: usize = 20;

/// Twenty migrations that leave a row each; every fifth cannot run in one transaction.
fn project(url: &str) -> Project {
    let project = Project::new(url, "", &[]);
    project.write(
        "0000_ledger",
        "CREATE TABLE ledger (migration int NOT NULL); SELECT pg_sleep(0.5)",
        "DROP TABLE ledger",
    );
    for number in 1..MIGRATIONS {
        let alone = if number % 5 == 0 {
            format!("CREATE INDEX CONCURRENTLY i{number} ON ledger (migration);\n")
        } else {
            String::new()
        };
        let back = if number % 5 == 0 { format!("DROP INDEX CONCURRENTLY i{number};\n") } else { String::new() };
        project.write(
            &format!("{number:04}_row"),
            &format!("{alone}INSERT INTO ledger VALUES ({number})"),
            &format!("{back}DELETE FROM ledger WHERE migration = {number}"),
        );
    }
    project
}

fn start(project: &Project, runs: usize, arguments: &[&str]) -> Vec<Running> {
    (0..runs).map(|_| project.start(arguments)).collect()
}

fn all_must_be_applied_once(target: &Target<'_>) {
    let versions: Vec<String> = (0..MIGRATIONS).map(|number| format!("{number:04}")).collect();
    assert_eq!(target.applied(), versions);
    assert_eq!(target.changes(), versions.iter().map(|version| format!("up {version}")).collect::<Vec<_>>());
    assert_eq!(target.events().len(), MIGRATIONS, "a failure is on record: {:?}", target.events());
    target.chain_must_hold();
    let rows: Vec<String> = (1..MIGRATIONS).map(|number| number.to_string()).collect();
    assert_eq!(target.column("SELECT migration FROM ledger ORDER BY migration"), rows);
}

fn one_must_have_worked(ended: Vec<Ended>) {
    let runs = ended.len();
    let idle = ended.into_iter().filter(|ended| ended.text().contains("up to date")).count();
    assert_eq!(idle, runs - 1, "all but one find up to date");
}

#[test]
fn fifty_runs_apply_each_migration_once() {
    for server in servers() {
        let database = server.fresh_database();
        let project = project(database.url());
        let ended = start(&project, 50, &["up"]).into_iter().map(|run| run.end().must_exit(0)).collect();
        one_must_have_worked(ended);
        all_must_be_applied_once(&Target(database.url()));
    }
}

#[test]
fn five_runs_share_the_embedded_server() {
    let project = project("embedded");
    let ended = start(&project, 5, &["up"]).into_iter().map(|run| run.end().must_exit(0)).collect();
    one_must_have_worked(ended);
    project.run(&["status", "--check"]).must_exit(0);
}

/// A server with five connections for a role that is no superuser, and that role's URL of a new database on it.
fn crowded() -> (PrivateServer, Database, String) {
    let settings = vec![("max_connections".into(), "8".into()), ("superuser_reserved_connections".into(), "3".into())];
    let server = PrivateServer::start_with(server().major(), PrivateServerOptions { settings, ..Default::default() });
    let database = server.fresh_database();
    let name = database.name();
    database.execute("CREATE ROLE clinic LOGIN PASSWORD 'clinic'");
    database.execute(&format!("GRANT ALL ON DATABASE {name} TO clinic; GRANT ALL ON SCHEMA public TO clinic"));
    let login = database.url().split("://").nth(1).unwrap().split('@').next().unwrap();
    let url = database.url().replacen(login, "clinic:clinic", 1);
    (server, database, url)
}

#[test]
fn few_connection_slots_are_enough_for_many_runs() {
    let (_server, database, url) = crowded();
    let project = project(&url);
    let ended = start(&project, 30, &["up"]).into_iter().map(|run| run.end().must_exit(0)).collect();
    one_must_have_worked(ended);
    all_must_be_applied_once(&Target(database.url()));
}

#[test]
fn runs_that_wait_leave_room_for_the_one_that_works() {
    let (_server, database, url) = crowded();
    let project = project(&url);
    let target = Target(database.url());
    let first = project.start(&["up"]);
    target.wait_until_running("pg_sleep");
    let others = start(&project, 20, &["up"]);
    wait_until("the waiting runs to fill the server", || {
        query(&url, "SELECT").is_err_and(|error| error.state.as_deref() == Some("53300"))
    });
    drop(first);
    let ended = others.into_iter().map(|run| run.end().must_exit(0)).collect();
    one_must_have_worked(ended);
    all_must_be_applied_once(&target);
}

#[test]
fn ups_and_downs_mixed_leave_a_history_that_adds_up() {
    let server = server();
    let database = server.fresh_database();
    let project = project(database.url());
    project.up();
    let mut runs = start(&project, 6, &["down", "--steps", "3"]);
    runs.extend(start(&project, 6, &["up"]));
    runs.extend(start(&project, 2, &["down", "--all"]));
    for run in runs {
        run.end().must_exit(0);
    }
    let target = Target(database.url());
    target.chain_must_hold();
    // Replaying the log gives what is in effect.
    let mut replayed = std::collections::BTreeSet::new();
    for change in target.changes() {
        let (kind, version) = change.split_once(' ').unwrap();
        let fits = if kind == "up" { replayed.insert(version.to_owned()) } else { replayed.remove(version) };
        assert!(fits, "`{change}` twice over: {:?}", target.changes());
    }
    assert_eq!(target.applied(), replayed.into_iter().collect::<Vec<_>>());
    project.up();
    let rows: Vec<String> = (1..MIGRATIONS).map(|number| number.to_string()).collect();
    assert_eq!(target.column("SELECT migration FROM ledger ORDER BY migration"), rows);
}
