//! The client is killed at every message of a contract that changes what another open change rests on: the other can be
//! contracted all the same.

use limosa_testkit::{servers, thorough};

use crate::database::Target;
use crate::online::{contract, killed};
use crate::project::Project;
use crate::tap::Moment;

const SETUP: &str = "\
CREATE TABLE visit (id bigint PRIMARY KEY, pms_type text NOT NULL, n int,
    CONSTRAINT told CHECK (pms_type <> '' OR n > 0));
CREATE VIEW seen AS SELECT id, pms_type AS told, n FROM visit WHERE n > 7;
INSERT INTO visit SELECT i, 'SOE ' || i, i FROM generate_series(1, 200) i;";

/// Its contract makes the view again, which the second one's contract lets say the new name.
const TYPE: &str = "-- limosa: online\n\nALTER TABLE visit ALTER COLUMN n TYPE bigint;\n";
const NAME: &str = "-- limosa: online\n\nALTER TABLE visit RENAME COLUMN pms_type TO integration_type;\n";
/// The constraint hangs on it, and goes with it.
const DROP: &str = "-- limosa: online\n\nALTER TABLE visit DROP COLUMN n CASCADE;\n";

/// Everything that hangs on the columns, and what is still to be read.
const SHAPE: &str = "\
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) AS line FROM pg_attribute
    WHERE attrelid IN (to_regclass('visit'), to_regclass('seen')) AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'visit'::regclass
  UNION ALL SELECT pg_get_viewdef(to_regclass('seen'))
  UNION ALL SELECT 'still to follow ' || version FROM limosa.online WHERE terms->'followed' IS NOT NULL
) AS lines";

fn project(url: &str, second: &str) -> Project {
    let project = Project::new(url, "", &[("0001_setup", SETUP, "DROP TABLE visit CASCADE")]);
    project.up();
    project.write("0002_name", NAME, "");
    project.up();
    project.write("0003_other", second, "");
    project.up();
    project
}

#[test]
fn a_killed_contract_leaves_the_others_able_to_be_contracted() {
    let step = if thorough() { 1 } else { 5 };
    for server in servers() {
        for (second, first) in [(TYPE, "0003"), (DROP, "0002")] {
            let database = server.fresh_database();
            contract(&project(database.url(), second));
            let after = Target(database.url()).value(SHAPE);
            let (mut at, mut rounds) = (1 + std::process::id() % step, 0);
            loop {
                let moment = if rounds % 2 == 0 { Moment::Unanswered } else { Moment::Unheard };
                let database = server.fresh_database();
                let target = Target(database.url());
                let mut project = project(database.url(), second);
                let arguments = ["contract", first, "--quiet-window", "10ms"];
                let is_over = killed(&mut project, database.url(), at, moment, &arguments);
                target.wait_until_quiet();
                contract(&project);
                assert_eq!(target.value(SHAPE), after, "message {at} of {arguments:?}, {moment:?}");
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
