//! A backfill that is killed, paused and contended for.

use limosa_testkit::{PgBouncer, PoolMode, servers};

use crate::database::Target;
use crate::patience::wait_for;
use crate::project::{Project, Signal};

const RUN: [&str; 9] = [
    "backfill",
    "run",
    "--table",
    "patient",
    "--set",
    "visits = visits + 1",
    "--batch-rows=300",
    "--pause=3ms",
    "--hold-while=SELECT false",
];

fn patients(url: &str) -> (Project, i64) {
    Target(url).run(
        "CREATE TABLE patient (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), visits int DEFAULT 0,
             seen bool DEFAULT false);
         INSERT INTO patient SELECT FROM generate_series(1, 30000); ANALYZE patient",
    );
    (Project::new(url, "", &[]), 30_000)
}

/// Waits until so many batches more are done.
fn come_further(target: &Target<'_>, batches: i64) {
    let done = || target.value("SELECT COALESCE(sum(batches), 0) FROM limosa.backfill").parse::<i64>().unwrap();
    let before = if target.holds("to_regclass('limosa.backfill') IS NOT NULL") { done() } else { 0 };
    wait_for("a few batches more", || {
        let is_there = target.holds("to_regclass('limosa.backfill') IS NOT NULL");
        (is_there && done() >= before + batches).then_some(())
    });
}

#[test]
fn a_job_whose_client_is_killed_again_and_again_changes_each_row_once() {
    for server in servers() {
        for more in [[].as_slice(), &["--set", "seen = true", "--where", "NOT seen"]] {
            let database = server.fresh_database();
            let (project, rows) = patients(database.url());
            let target = Target(database.url());
            let run = [RUN.as_slice(), more].concat();
            for _ in 0..4 {
                let mut running = project.start(&run);
                come_further(&target, 5);
                assert!(running.is_running(), "it was over before it was killed");
                running.signal(Signal::Kill);
                running.end();
            }
            project.run(&["backfill", "status"]).must_exit(0).must_say(&["patient"]);
            project.run(&["backfill", "resume"]).must_exit(0).must_say(&["30000 rows"]);
            assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1", "{more:?}");
            assert_eq!(target.value("SELECT count(*) || ' ' || sum(rows) FROM limosa.backfill"), format!("1 {rows}"));
            target.chain_must_hold();
        }
    }
}

#[test]
fn a_job_is_paused_from_elsewhere_and_goes_on() {
    for server in servers() {
        let database = server.fresh_database();
        let (project, _) = patients(database.url());
        let target = Target(database.url());
        let running = project.start(&RUN);
        come_further(&target, 5);
        project.run(&["backfill", "pause"]).must_exit(0).must_say(&["paused"]);
        running.end().must_exit(3).must_say(&["job 1 was paused", "limosa backfill resume 1"]);
        let still = target.value("SELECT sum(visits) FROM patient");
        assert_eq!(still, target.value("SELECT sum(rows) FROM limosa.backfill"));

        // The same command goes on with the same job, and a stop by hand is a pause.
        let running = project.start(&RUN);
        come_further(&target, 5);
        running.signal(Signal::Interrupt);
        running.end().must_exit(3).must_say(&["stopped on request"]);
        assert_eq!(target.value("SELECT state FROM limosa.backfill"), "paused");
        let running = project.start(&RUN);
        come_further(&target, 5);
        project.run(&["backfill", "cancel"]).must_exit(0);
        running.end().must_exit(3).must_say(&["job 1 was cancelled"]);
        assert_eq!(target.value("SELECT max(visits) FROM patient"), "1");
        project.run(&["backfill", "resume"]).must_exit(2).must_say(&["no-job"]);
        target.chain_must_hold();
    }
}

#[test]
fn of_two_runners_of_a_job_one_works() {
    for server in servers() {
        let database = server.fresh_database();
        let (project, _) = patients(database.url());
        let target = Target(database.url());
        let first = project.start(&[&RUN[..7], &["--pause=20ms"]].concat());
        come_further(&target, 3);
        project
            .run(&[RUN.as_slice(), &["--wait=100ms"]].concat())
            .must_exit(4)
            .must_say(&["job 1 is being worked on by"]);
        // One that waits long enough finds the work done.
        project.run(&[RUN.as_slice(), &["--wait=60s"]].concat()).must_exit(0);
        first.end().must_exit(0);
        assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");
    }
}

#[test]
fn rows_that_others_have_locked_are_waited_for_in_short_tries() {
    for server in servers() {
        let database = server.fresh_database();
        let (project, _) = patients(database.url());
        let target = Target(database.url());
        let other = crate::session::Neighbour::connect(database.url(), "reporting");
        other.run("BEGIN; SELECT FROM patient ORDER BY id DESC LIMIT 1 FOR UPDATE");
        let mut running = project.start(&RUN);
        running.wait_to_say("a batch failed and is tried again");
        // Nobody else waits behind the batch meanwhile for longer than a try.
        assert!(running.is_running());
        other.run("COMMIT");
        running.end().must_exit(0);
        assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");
    }
}

#[test]
fn through_a_transaction_pooler_nothing_is_left_behind_and_a_killed_job_goes_on() {
    for server in servers() {
        let database = server.fresh_database();
        let Some(pooler) = PgBouncer::start(server.url(), PoolMode::Transaction) else {
            println!("skipped: no pgbouncer on this machine (Debian: apt-get install pgbouncer)");
            return;
        };
        let (mut project, _) = patients(database.url());
        let target = Target(database.url());
        project.at(&pooler.url(database.url()));
        let running = project.start(&RUN);
        come_further(&target, 5);
        running.signal(Signal::Kill);
        running.end();
        // The server process may belong to the pooler and stay: then only silence tells that nobody is at it.
        target.run("UPDATE limosa.backfill SET seen_at = seen_at - interval '1 minute'");
        project.run(&["backfill", "resume"]).must_exit(0).must_say(&["30000 rows"]);
        assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");
        project.at(database.url());
        let settings = crate::session::Neighbour::connect(&pooler.url(database.url()), "after");
        settings.run("DO $$ BEGIN ASSERT current_setting('lock_timeout') = '0', 'a setting leaks'; END $$");
    }
}
