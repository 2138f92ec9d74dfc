//! A backfill that is killed, paused and contended for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
    let done = || target.value("SELECT COALESCE(sum(batches), 0) FROM limosa.backfill_range").parse::<i64>().unwrap();
    let before = if target.holds("to_regclass('limosa.backfill_range') IS NOT NULL") { done() } else { 0 };
    wait_for("a few batches more", || {
        let is_there = target.holds("to_regclass('limosa.backfill_range') IS NOT NULL");
        (is_there && done() >= before + batches).then_some(())
    });
}

#[test]
fn a_job_whose_client_is_killed_again_and_again_changes_each_row_once() {
    for server in servers() {
        for more in [
            [].as_slice(),
            &["--set", "seen = true", "--where", "NOT seen"],
            &["--parallel=3"],
            &["--parallel=3", "--set", "seen = true", "--where", "NOT seen"],
        ] {
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
            // Another number of workers goes on where the first ones were.
            project.run(&["backfill", "resume", "--parallel=2"]).must_exit(0).must_say(&["30000 rows"]);
            assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1", "{more:?}");
            assert_eq!(
                target.value("SELECT max(job) || ' ' || sum(rows) FROM limosa.backfill_range"),
                format!("1 {rows}")
            );
            target.chain_must_hold();
        }
    }
}

#[test]
fn a_copy_whose_client_is_killed_again_and_again_has_each_row_once() {
    for server in servers() {
        for workers in ["--parallel=1", "--parallel=3"] {
            let database = server.fresh_database();
            let (project, rows) = patients(database.url());
            let target = Target(database.url());
            target.run("CREATE TABLE copied (number serial, id uuid)");
            let run = [
                "backfill",
                "run",
                "--table=patient",
                "--into=copied",
                "--set",
                "id = id",
                "--batch-rows=300",
                "--pause=3ms",
                workers,
            ];
            for _ in 0..3 {
                let mut running = project.start(&run);
                come_further(&target, 5);
                assert!(running.is_running(), "it was over before it was killed");
                running.signal(Signal::Kill);
                running.end();
            }
            project.run(&run).must_exit(0).must_say(&["30000 rows"]);
            let copied = target.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM copied");
            assert_eq!(copied, format!("{rows} {rows}"), "{workers}");
        }
    }
}

#[test]
fn a_connection_that_is_lost_in_a_batch_costs_that_batch_only() {
    for server in servers() {
        let database = server.fresh_database();
        let (project, _) = patients(database.url());
        let target = Target(database.url());
        for _ in 0..2 {
            let running = project.start(&[RUN.as_slice(), &["--parallel=2"]].concat());
            come_further(&target, 5);
            target.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
                     AND pid <> pg_backend_pid() AND query LIKE '%limosa_changed%'",
            );
            running.end().must_exit(3);
        }
        project.run(&RUN).must_exit(0).must_say(&["30000 rows"]);
        assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");
    }
}

#[test]
fn others_who_wait_for_a_batch_make_the_next_ones_shorter() {
    for server in servers() {
        let database = server.fresh_database();
        let (project, _) = patients(database.url());
        let target = Target(database.url());
        // A batch takes its time over rows that it has locked.
        target.run(
            "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN PERFORM pg_sleep(0.001); RETURN NEW; END';
             CREATE TRIGGER slowly BEFORE UPDATE OF visits ON patient FOR EACH ROW EXECUTE FUNCTION slowly()",
        );
        let run = ["backfill", "run", "--table=patient", "--set", "visits = visits + 1", "--batch-time=1s"];
        let mut running = project.start(&run);
        come_further(&target, 1);
        let url = database.url().to_owned();
        let ended = Arc::new(AtomicBool::new(false));
        let goes_home = Arc::clone(&ended);
        let clinic = std::thread::spawn(move || {
            let other = crate::session::Neighbour::connect(&url, "clinic");
            // Rows of the batch that is running are the first that are still to do; not all are locked yet.
            while !goes_home.load(Ordering::SeqCst) {
                other.run(
                    "UPDATE patient SET seen = true
                         WHERE id = (SELECT id FROM patient WHERE visits = 0 ORDER BY id LIMIT 1)",
                );
            }
        });
        running.wait_to_say("others wait for rows of a batch");
        ended.store(true, Ordering::SeqCst);
        clinic.join().unwrap();
        running.signal(Signal::Interrupt);
        running.end().must_exit(3);
    }
}

#[test]
fn a_job_is_paused_from_elsewhere_and_goes_on() {
    for server in servers() {
        let database = server.fresh_database();
        let (project, _) = patients(database.url());
        let target = Target(database.url());
        let running = project.start(&[RUN.as_slice(), &["--parallel=2"]].concat());
        come_further(&target, 5);
        project.run(&["backfill", "pause"]).must_exit(0).must_say(&["paused"]);
        running.end().must_exit(3).must_say(&["job 1 was paused", "limosa backfill resume 1"]);
        let still = target.value("SELECT sum(visits) FROM patient");
        assert_eq!(still, target.value("SELECT sum(rows) FROM limosa.backfill_range"));

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
        target.run(
            "UPDATE limosa.backfill SET seen_at = seen_at - interval '1 minute';
             UPDATE limosa.backfill_range SET seen_at = seen_at - interval '1 minute'",
        );
        project.run(&["backfill", "resume"]).must_exit(0).must_say(&["30000 rows"]);
        assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");
        project.at(database.url());
        let settings = crate::session::Neighbour::connect(&pooler.url(database.url()), "after");
        settings.run("DO $$ BEGIN ASSERT current_setting('lock_timeout') = '0', 'a setting leaks'; END $$");
    }
}
