//! The server is killed while it works; what it has promised must be there when it is back, and nothing else.

use limosa_testkit::{PrivateServer, servers, thorough};

use crate::database::Target;
use crate::every_kind::{all_must_be_in_effect, never_between, none_must_be_in_effect, project};
use crate::patience::wait_for;
use crate::project::Project;
use crate::tap::{Moment, Tap};

/// Kills the server at the client's message of this number. Whether the run was over before.
fn struck(server: &mut PrivateServer, at: u32, moment: Moment, arguments: &[&str]) -> bool {
    let database = server.fresh_database();
    let target = Target(database.url());
    let mut project = project(database.url());
    if arguments[0] == "down" {
        project.up();
    }
    let tap = Tap::start(database.url(), at, moment);
    project.at(&tap.url(database.url()));
    let mut run = project.start(arguments);
    let struck = wait_for("the strike or the end", || match (tap.has_struck(), run.is_running()) {
        (true, _) => Some(true),
        (false, false) => Some(false),
        _ => None,
    });
    if !struck {
        run.end().must_exit(0);
        return true;
    }
    server.kill();
    tap.cut();
    let ended = run.end();
    let code = ended.status.code();
    assert!(matches!(code, Some(0 | 2 | 3)), "message {at}, {moment:?}: ended with {code:?}\n{}", ended.text());
    server.restart(&[]);
    project.at(database.url());
    never_between(&target);
    project.run(arguments).must_exit(0);
    if arguments[0] == "up" {
        all_must_be_in_effect(&target)
    } else {
        none_must_be_in_effect(&target)
    }
    false
}

#[test]
fn what_a_killed_server_has_promised_is_there_and_the_rest_is_done_next() {
    // A step that meets other messages in each run of the tests.
    let step = if thorough() { 3 } else { 20 };
    for shared in servers() {
        let mut server = PrivateServer::start(shared.major());
        for arguments in [&["up"][..], &["down", "--all"]] {
            let (mut at, mut rounds) = (2 + std::process::id() % step, 0);
            while !struck(&mut server, at, Moment::Unanswered, arguments) {
                rounds += 1;
                at += step;
            }
            println!("limosa {}: server killed in {rounds} rounds", arguments.join(" "));
            assert!(rounds > 0, "no message was struck");
        }
    }
}

#[test]
fn a_server_that_goes_down_in_the_middle_is_named_and_the_state_too() {
    let mut server = PrivateServer::start(limosa_testkit::server().major());
    let database = server.fresh_database();
    let up = "CREATE TABLE a (); SELECT pg_sleep(600)";
    let project = Project::new(database.url(), "", &[("0001_long", up, "DROP TABLE a")]);
    let run = project.start(&["up"]);
    Target(database.url()).wait_until_running("pg_sleep");
    server.stop();
    run.end().must_exit(3).must_say(&[
        "terminating connection due to administrator command",
        "never between",
        "run the same command again",
    ]);
    project.run(&["up"]).must_exit(2).must_say(&["no-connection"]);
    server.restart(&[]);
    let target = Target(database.url());
    assert_eq!((target.applied(), target.holds("to_regclass('a') IS NULL")), (Vec::new(), true), "before it");
    project.write("0001_long", "CREATE TABLE a ()", "");
    project.up();
    assert_eq!(target.applied(), ["0001"]);
}
