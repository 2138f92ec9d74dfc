//! The client is killed, or loses its connection, at every message that it sends.

use limosa_testkit::{Server, server, servers, thorough};

use crate::database::Target;
use crate::every_kind::{all_must_be_in_effect, never_between, none_must_be_in_effect, project};
use crate::patience::wait_for;
use crate::project::Signal;
use crate::tap::{Moment, Tap};

/// What happens to the client.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Killed,
    CutOff,
}

/// Runs `arguments` through a tap that strikes at this message. Whether the run was over before.
fn struck(server: &Server, at: u32, moment: Moment, fate: Fate, arguments: &[&str], prepare: bool) -> bool {
    let database = server.fresh_database();
    let target = Target(database.url());
    let mut project = project(database.url());
    if prepare {
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
    match fate {
        Fate::Killed => {
            run.signal(Signal::Kill);
            run.end();
        }
        Fate::CutOff => {
            tap.cut();
            let ended = run.end();
            let code = ended.status.code();
            assert!(matches!(code, Some(0 | 2 | 3)), "message {at}, {moment:?}: ended with {code:?}\n{}", ended.text());
        }
    }
    drop(tap);
    project.at(database.url());
    target.wait_until_quiet();
    never_between(&target);
    project.run(&[arguments, &["--wait", "60s"]].concat()).must_exit(0);
    if arguments[0] == "up" {
        all_must_be_in_effect(&target)
    } else {
        none_must_be_in_effect(&target)
    }
    if moment == Moment::Unanswered && matches!(fate, Fate::Killed) {
        // And the way there and back is open.
        project.up();
        all_must_be_in_effect(&target);
    }
    false
}

/// Strikes at every message in the thorough tier, else at some, others in each test program's run.
fn at_every_message(server: &Server, fate: Fate, arguments: &[&str], prepare: bool) {
    let step = if thorough() { 1 } else { 7 };
    let (mut at, mut rounds) = (1 + std::process::id() % step, 0);
    loop {
        for moment in [Moment::Unheard, Moment::Unanswered] {
            if struck(server, at, moment, fate, arguments, prepare) {
                println!("limosa {}: {fate:?} in {rounds} rounds", arguments.join(" "));
                assert!(rounds > 0, "no message was struck");
                return;
            }
            rounds += 1;
        }
        at += step;
    }
}

#[test]
fn a_killed_up_is_finished_by_the_next() {
    for server in servers() {
        at_every_message(&server, Fate::Killed, &["up"], false);
    }
}

#[test]
fn a_killed_down_is_finished_by_the_next() {
    for server in servers() {
        at_every_message(&server, Fate::Killed, &["down", "--all"], true);
    }
}

#[test]
fn an_up_that_is_cut_off_is_finished_by_the_next() {
    at_every_message(&server(), Fate::CutOff, &["up"], false);
}

#[test]
fn a_down_that_is_cut_off_is_finished_by_the_next() {
    at_every_message(&server(), Fate::CutOff, &["down", "--all"], true);
}
