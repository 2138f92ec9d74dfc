//! The client is killed at every message of an online change: whoever comes next goes on, or takes it back.

use limosa_testkit::{Server, servers, thorough};

use crate::database::Target;
use crate::patience::wait_for;
use crate::project::{Project, Signal};
use crate::tap::{Moment, Tap};

const SETUP: &str = "\
CREATE TABLE visit (id bigint PRIMARY KEY, pms_type text NOT NULL DEFAULT 'SOE', n int UNIQUE);
CREATE INDEX visit_pms_type ON visit (pms_type);
INSERT INTO visit SELECT i, 'SOE ' || i, i FROM generate_series(1, 300) i;";

const CHANGE: &str = "\
-- limosa: online

ALTER TABLE visit RENAME COLUMN pms_type TO integration_type;
ALTER TABLE visit ALTER COLUMN n TYPE bigint;
CREATE INDEX visit_id_idx ON visit (id) WHERE id > 7;";

const DOWN: &str = "DROP TABLE visit";

/// All that matters of the table: columns with their types and defaults, constraints, indexes, triggers, rows.
const SHAPE: &str = "\
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT 'column ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || coalesce(
    (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum), '') AS line
  FROM pg_attribute WHERE attrelid = 'visit'::regclass AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = 'visit'::regclass
  UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index
    WHERE indrelid = 'visit'::regclass
  UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgrelid = 'visit'::regclass
  UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'limosa'::regnamespace
  UNION ALL SELECT 'rows ' || count(*) FROM visit
) AS lines";

fn project(url: &str) -> Project {
    let project = Project::new(url, "", &[("0001_setup", SETUP, DOWN)]);
    project.up();
    project.write("0002_online", CHANGE, "");
    project
}

/// What the table is after all of it, and what before.
fn shapes(server: &Server) -> (String, String) {
    let database = server.fresh_database();
    let project = project(database.url());
    let before = Target(database.url()).value(SHAPE);
    project.up();
    contract(&project);
    (before, Target(database.url()).value(SHAPE))
}

fn contract(project: &Project) {
    project.run(&["contract", "--quiet-window", "10ms", "--wait", "60s"]).must_exit(0);
}

/// Kills the run of `arguments` at this message; tells whether it was over before.
fn killed(project: &mut Project, url: &str, at: u32, moment: Moment, arguments: &[&str]) -> bool {
    let tap = Tap::start(url, at, moment);
    project.at(&tap.url(url));
    let mut run = project.start(arguments);
    let struck = wait_for("the strike or the end", || match (tap.has_struck(), run.is_running()) {
        (true, _) => Some(true),
        (false, false) => Some(false),
        _ => None,
    });
    if struck {
        run.signal(Signal::Kill);
    }
    let ended = run.end();
    drop(tap);
    project.at(url);
    if !struck {
        ended.must_exit(0);
    }
    !struck
}

#[test]
fn whoever_comes_next_goes_on_or_takes_it_back() {
    let step = if thorough() { 1 } else { 9 };
    for server in servers() {
        let (before, after) = shapes(&server);
        for arguments in [&["up"][..], &["contract", "--quiet-window", "10ms"], &["abort", "0002"]] {
            let (mut at, mut rounds) = (1 + std::process::id() % step, 0);
            loop {
                let moment = if rounds % 2 == 0 { Moment::Unheard } else { Moment::Unanswered };
                let database = server.fresh_database();
                let target = Target(database.url());
                let mut project = project(database.url());
                if arguments[0] != "up" {
                    project.up();
                }
                let is_over = killed(&mut project, database.url(), at, moment, arguments);
                target.wait_until_quiet();
                let is_open = "SELECT count(*) FROM limosa.online WHERE state = 'open'";
                // Now on, now back.
                match (arguments[0], rounds % 3) {
                    ("up", 0) if target.value(is_open) == "1" => {
                        project.run(&["abort", "0002", "--wait", "60s"]).must_exit(0);
                        assert_eq!(target.value(SHAPE), before, "message {at} of {arguments:?}, {moment:?}, aborted");
                    }
                    ("abort", _) => {
                        if target.value(is_open) == "1" {
                            project.run(&["abort", "0002", "--wait", "60s"]).must_exit(0);
                        }
                        assert_eq!(target.value(SHAPE), before, "message {at} of {arguments:?}, {moment:?}");
                    }
                    _ => {
                        project.run(&["up", "--wait", "60s"]).must_exit(0);
                        contract(&project);
                        assert_eq!(target.value(SHAPE), after, "message {at} of {arguments:?}, {moment:?}");
                    }
                }
                target.chain_must_hold();
                if is_over {
                    println!("limosa {}: {rounds} rounds", arguments.join(" "));
                    break;
                }
                rounds += 1;
                at += step;
            }
        }
    }
}
