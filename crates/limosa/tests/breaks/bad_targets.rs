//! Targets that cannot be migrated: each says what is wrong and what to do, and nothing is changed.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use limosa_testkit::{Database, PrivateServer, PrivateServerOptions, server, servers};

use crate::database::Target;
use crate::project::{Migration, Project};

const TABLE: [Migration<'static>; 1] = [("0001_table", "CREATE TABLE a ()", "DROP TABLE a")];

/// The user and password of a test server's URL.
fn login(database: &Database) -> &str {
    database.url().split("://").nth(1).unwrap().split('@').next().unwrap()
}

/// The URL of a role that may log in to the database and nothing else.
fn stranger(database: &Database) -> (String, String) {
    let role = format!("stranger_{}", database.name().as_str());
    database.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'pw-{role}'"));
    (database.url().replacen(login(database), &format!("{role}:pw-{role}"), 1), role)
}

fn drop_role(database: &Database, role: &str) {
    database.execute(&format!("DROP OWNED BY {role} CASCADE"));
    database.execute(&format!("DROP ROLE {role}"));
}

#[test]
fn who_cannot_connect_is_told_why_and_no_password_is_shown() {
    let database = server().fresh_database();
    let name = database.name().as_str();
    let user = login(&database).split(':').next().unwrap();
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let open = database.url().split('@').nth(1).unwrap().split('/').next().unwrap();
    let cases = [
        (database.url().replacen(open, &closed.to_string(), 1), vec!["no-connection", "127.0.0.1", "refused"]),
        (
            database.url().replacen(login(&database), &format!("{user}:hunter2"), 1),
            vec!["no-connection", user, "password"],
        ),
        (database.url().replacen(name, "no_such_database", 1), vec!["no-connection", "no_such_database"]),
        (database.url().replacen(login(&database), "nobody_at_all:hunter2", 1), vec!["no-connection", "nobody_at_all"]),
    ];
    for (url, words) in cases {
        let project = Project::new(&url, "", &TABLE);
        for arguments in [&["up"][..], &["down"], &["status"], &["plan"]] {
            let ended = project.run(arguments).must_exit(2).must_say(&words).must_say(&["help"]);
            assert!(!ended.text().contains("hunter2"), "a password is shown:\n{}", ended.text());
        }
    }
    assert!(Target(database.url()).holds("to_regnamespace('limosa') IS NULL"));
}

#[test]
fn who_may_not_make_the_history_is_told_what_to_ask_for() {
    for server in servers() {
        let database = server.fresh_database();
        let (url, role) = stranger(&database);
        database.execute(&format!("GRANT CREATE ON SCHEMA public TO {role}"));
        let project = Project::new(&url, "", &TABLE);
        project.run(&["status"]).must_exit(0);
        let asked_for = format!("CREATE SCHEMA \"limosa\" AUTHORIZATION \"{role}\"");
        project.run(&["up"]).must_exit(2).must_say(&["permission denied for database", &asked_for]);
        assert!(Target(database.url()).holds("to_regnamespace('limosa') IS NULL"), "nothing is made");

        // A history of somebody else, first unreadable, then unwritable.
        Project::new(database.url(), "", &TABLE).up();
        project.write("0002_more", "CREATE TABLE b ()", "");
        project.run(&["up"]).must_exit(2).must_say(&["permission denied"]);
        database.execute(&format!(
            "GRANT USAGE ON SCHEMA limosa TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA limosa TO {role}"
        ));
        project.run(&["up"]).must_exit(2).must_say(&["permission denied for table migration"]);
        let target = Target(database.url());
        assert_eq!(target.events(), ["up 0001"]);
        assert!(target.holds("to_regclass('b') IS NULL"), "what cannot be recorded is not done");
        drop_role(&database, &role);
    }
}

#[test]
fn servers_that_take_no_writes_are_named_as_such() {
    let mut primary = PrivateServer::start(server().major());
    let database = primary.fresh_database();
    let project = Project::new(database.url(), "", &TABLE);
    project.up();
    project.write("0002_more", "CREATE TABLE b ()", "");
    let standby = primary.standby();
    let url = standby.server().database_url(database.name());
    let mut project = project;
    project.at(&url);
    project.run(&["status"]).must_exit(0);
    project.run(&["up"]).must_exit(2).must_say(&["takes no writes", "standby"]);
    project.run(&["down"]).must_exit(2).must_say(&["takes no writes", "standby"]);
    project.at(database.url());
    primary.restart(&[("default_transaction_read_only", "on")]);
    project.run(&["up"]).must_exit(2).must_say(&["takes no writes", "default_transaction_read_only"]);
    primary.restart(&[("default_transaction_read_only", "off")]);
    project.up();
}

/// A server that says to be PostgreSQL 13: a real one, with its number exchanged on the way.
fn older(database: &Database) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let real = database.url().split('@').nth(1).unwrap().split('/').next().unwrap().to_owned();
    let url = database.url().replacen(&real, &listener.local_addr().unwrap().to_string(), 1);
    let number: i32 = Target(database.url()).value("SHOW server_version_num").parse().unwrap();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(&real).unwrap();
            let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || pass_on(from, to, None));
            thread::spawn(move || pass_on(server, client, Some((number.to_be_bytes(), 130_013_i32.to_be_bytes()))));
        }
    });
    url
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, exchange: Option<([u8; 4], [u8; 4])>) {
    let mut buffer = [0; 65536];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let bytes = &mut buffer[..read];
        if let Some((old, new)) = exchange
            && let Some(at) = bytes.windows(4).position(|window| window == old)
        {
            bytes[at..at + 4].copy_from_slice(&new);
        }
        if to.write_all(bytes).is_err() {
            return;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}

#[test]
fn servers_that_are_too_old_are_refused() {
    let database = server().fresh_database();
    let project = Project::new(&older(&database), "", &TABLE);
    project.run(&["up"]).must_exit(2).must_say(&["13", "15"]);
    assert!(Target(database.url()).holds("to_regnamespace('limosa') IS NULL"));
}

#[test]
fn a_history_of_a_newer_program_is_left_alone() {
    let database = server().fresh_database();
    let project = Project::new(database.url(), "", &TABLE);
    project.up();
    database.execute("UPDATE limosa.format SET version = 99");
    project.write("0002_more", "CREATE TABLE b ()", "");
    for arguments in [&["up"][..], &["down"], &["status"], &["log"]] {
        project.run(arguments).must_exit(2).must_say(&["format 99", "newer"]);
    }
    let target = Target(database.url());
    assert!(target.holds("to_regclass('a') IS NOT NULL AND to_regclass('b') IS NULL"));
    assert_eq!(target.events(), ["up 0001"]);
}

#[test]
fn a_history_of_the_first_format_is_brought_up_to_date() {
    for server in servers() {
        let database = server.fresh_database();
        let project = Project::new(database.url(), "", &TABLE);
        let target = Target(database.url());
        // What the first format lacks is taken away again; what it has was not changed since.
        project.up();
        let newest = target.value("SELECT version FROM limosa.format");
        database.execute(
            "DO $$ DECLARE newer regclass; BEGIN
               FOR newer IN SELECT oid FROM pg_class WHERE relnamespace = 'limosa'::regnamespace AND relkind = 'r'
                 AND relname NOT IN ('format', 'migration', 'event', 'snapshot')
               LOOP EXECUTE 'DROP TABLE ' || newer || ' CASCADE'; END LOOP;
             END $$; UPDATE limosa.format SET version = 1",
        );
        project.run(&["status", "--check"]).must_exit(0);
        assert_eq!(target.value("SELECT version FROM limosa.format"), "1", "looking changes nothing");
        project.write("0002_more", "CREATE TABLE b ()", "");
        let runs: Vec<_> = (0..5).map(|_| project.start(&["up"])).collect();
        for run in runs {
            run.end().must_exit(0);
        }
        assert_eq!(target.value("SELECT version FROM limosa.format"), newest);
        assert_eq!(target.events(), ["up 0001", "up 0002"]);
        target.chain_must_hold();
    }
}

#[test]
fn an_event_that_was_changed_shows() {
    for tampering in [
        "UPDATE limosa.event SET actor = 'nobody' WHERE seq = 2",
        "UPDATE limosa.event SET hash = md5(hash) WHERE seq = 2",
        "DELETE FROM limosa.snapshot; DELETE FROM limosa.event WHERE seq = 2",
    ] {
        let database = server().fresh_database();
        let project = Project::new(database.url(), "", &TABLE);
        project.up();
        project.run(&["down"]).must_exit(0);
        project.up();
        project.run(&["log"]).must_exit(0);
        database.execute(tampering);
        project.run(&["log"]).must_exit(1).must_say(&["broken-chain"]);
    }
}

#[test]
fn a_server_with_no_connection_left_is_waited_for_and_then_named() {
    let settings = vec![("max_connections".into(), "5".into()), ("superuser_reserved_connections".into(), "3".into())];
    let options = PrivateServerOptions { settings, ..Default::default() };
    let server = PrivateServer::start_with(server().major(), options);
    let database = server.fresh_database();
    let (url, role) = stranger(&database);
    database
        .execute(&format!("GRANT ALL ON DATABASE {} TO {role}; GRANT ALL ON SCHEMA public TO {role}", database.name()));
    let held: Vec<_> = (0..2).map(|_| crate::session::Neighbour::connect(&url, "pool")).collect();
    let project = Project::new(&url, "patience = \"500ms\"", &TABLE);
    project.run(&["up"]).must_exit(2).must_say(&["no connection left"]);
    drop(held);
    Target(database.url()).wait_until_quiet();
    project.up();
}
