//! A migration whose batches are cut off, paused and contended for.

use limosa_testkit::{PgBouncer, PoolMode, servers};

use crate::database::Target;
use crate::patience::wait_for;
use crate::project::{Project, Signal};

/// Counts each patient's visit twice, each row once in each statement: nothing in a row tells that it was counted.
const COUNT: &str = "ALTER TABLE patient ADD COLUMN seen bool;\n\
                     -- limosa: backfill batch-rows 300 pause 2ms\n\
                     UPDATE patient SET visits = visits + 1;\n\
                     -- limosa: backfill batch-rows 300 pause 2ms\n\
                     UPDATE patient SET visits = visits + 1;\n\
                     -- limosa: backfill batch-rows 300 pause 2ms\n\
                     UPDATE patient SET seen = true WHERE seen IS NULL;\n";
const BACK: &str = "-- limosa: backfill batch-rows 300 pause 2ms\n\
                    UPDATE patient SET visits = visits - 2;\n\
                    ALTER TABLE patient DROP COLUMN seen;\n";

fn project(url: &str) -> Project {
    Target(url).run(
        "CREATE TABLE patient (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), visits int DEFAULT 0);
         INSERT INTO patient SELECT FROM generate_series(1, 20000); ANALYZE patient",
    );
    Project::new(url, "", &[("001_count", COUNT, BACK)])
}

/// Waits until so many batches more are done, or the program is over; whether it still runs.
fn comes_further(target: &Target<'_>, running: &mut crate::project::Running, batches: i64) -> bool {
    let done = || match target.holds("to_regclass('limosa.backfill') IS NOT NULL") {
        true => target.value("SELECT COALESCE(sum(batches), 0) FROM limosa.backfill_range").parse::<i64>().unwrap(),
        false => 0,
    };
    let before = done();
    wait_for("a few batches more", || match (running.is_running(), done() >= before + batches) {
        (false, _) => Some(false),
        (true, true) => Some(true),
        (true, false) => None,
    })
}

fn kill_until_done(project: &Project, target: &Target<'_>, command: &str) {
    let mut kills = 0;
    loop {
        let mut running = project.start(&[command]);
        if !comes_further(target, &mut running, 20) {
            running.end().must_exit(0);
            break;
        }
        running.signal(Signal::Kill);
        running.end();
        kills += 1;
        assert!(kills < 200, "it comes no further");
    }
    assert!(kills >= 3, "it was killed {kills} times only");
}

#[test]
fn a_run_that_is_killed_again_and_again_changes_each_row_once_in_each_statement() {
    for server in servers() {
        let database = server.fresh_database();
        let project = project(database.url());
        let target = Target(database.url());
        kill_until_done(&project, &target, "up");
        assert_eq!(
            target.value("SELECT min(visits) || ' ' || max(visits) || ' ' || bool_and(seen) FROM patient"),
            "2 2 true"
        );
        let jobs = "SELECT string_agg(state || ' ' || rows, ', ' ORDER BY job) FROM limosa.backfill, LATERAL (
             SELECT sum(rows) AS rows FROM limosa.backfill_range r WHERE r.job = backfill.job) done";
        assert_eq!(target.value(jobs), "done 20000, done 20000, done 20000");
        target.chain_must_hold();
        kill_until_done(&project, &target, "down");
        assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "0 0");
        target.chain_must_hold();
        project.up();
        assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "2 2");
    }
}

#[test]
fn a_pause_from_elsewhere_ends_the_run_and_the_next_goes_on() {
    for server in servers() {
        let database = server.fresh_database();
        let project = project(database.url());
        let target = Target(database.url());
        let mut running = project.start(&["up"]);
        assert!(comes_further(&target, &mut running, 5));
        project.run(&["backfill", "pause"]).must_exit(0).must_say(&["paused"]);
        running.end().must_exit(3).must_say(&["job 1 was paused", "`limosa up` goes on behind the last batch"]);
        assert_eq!(
            target.value("SELECT sum(visits) FROM patient"),
            target.value("SELECT sum(rows) FROM limosa.backfill_range")
        );
        project.run(&["backfill", "resume"]).must_exit(2).must_say(&["job-of-migration"]);
        project.run(&["down"]).must_exit(1).must_say(&["applied only in part"]);

        // A stop by hand is a pause, too.
        let mut running = project.start(&["up"]);
        assert!(comes_further(&target, &mut running, 5));
        running.signal(Signal::Interrupt);
        running.end().must_exit(3).must_say(&["stopped"]);
        project.up();
        assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "2 2");
        target.chain_must_hold();
    }
}

#[test]
fn through_a_transaction_pooler_a_killed_run_goes_on() {
    for server in servers() {
        let database = server.fresh_database();
        let Some(pooler) = PgBouncer::start(server.url(), PoolMode::Transaction) else {
            println!("skipped: no pgbouncer on this machine (Debian: apt-get install pgbouncer)");
            return;
        };
        let mut project = project(database.url());
        let target = Target(database.url());
        project.at(&pooler.url(database.url()));
        let mut running = project.start(&["up"]);
        if !comes_further(&target, &mut running, 5) {
            panic!("it is over too early: {:?}", running.end().must_exit(0).err);
        }
        running.signal(Signal::Kill);
        running.end();
        target.run("UPDATE limosa.lease SET expires_at = now()");
        project.up();
        assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "2 2");
        target.chain_must_hold();
    }
}
