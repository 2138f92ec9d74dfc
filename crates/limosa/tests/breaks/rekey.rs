//! The client is killed at every message of a change of a key: whoever comes next goes on, or takes it back.

use limosa_testkit::{servers, thorough};

use crate::database::Target;
use crate::online::{contract, killed};
use crate::project::Project;
use crate::tap::Moment;

const SETUP: &str = "\
CREATE SEQUENCE client_number;
CREATE TABLE client (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);
CREATE TABLE visit (id int PRIMARY KEY, client uuid NOT NULL REFERENCES client ON DELETE CASCADE);
CREATE INDEX visit_client ON visit (client);
INSERT INTO client (name) SELECT 'c' || i FROM generate_series(1, 200) i;
INSERT INTO visit SELECT row_number() OVER (), id FROM client;";

const CHANGE: &str = "\
-- limosa: online

ALTER TABLE visit DROP CONSTRAINT visit_client_fkey;
ALTER TABLE client ALTER COLUMN id DROP DEFAULT;
-- limosa: rekey
ALTER TABLE client ALTER COLUMN id TYPE text;
ALTER TABLE client ALTER COLUMN id SET DEFAULT 'c' || nextval('client_number');

-- limosa: follows
ALTER TABLE visit ALTER COLUMN client TYPE text;
ALTER TABLE visit ADD CONSTRAINT visit_client_fkey FOREIGN KEY (client) REFERENCES client (id) ON DELETE CASCADE;";

const DOWN: &str = "DROP TABLE visit, client; DROP SEQUENCE client_number";

/// All that matters of the tables: columns, constraints, indexes, triggers, what is left in the history's schema, and
/// how rows refer to each other.
const SHAPE: &str = "\
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT 'column ' || attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod) || attnotnull
    || coalesce((SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum), '')
    AS line FROM pg_attribute WHERE attrelid IN ('visit'::regclass, 'client'::regclass) AND attnum > 0
    AND NOT attisdropped
  UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated FROM pg_constraint
    WHERE conrelid IN ('visit'::regclass, 'client'::regclass)
  UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index
    WHERE indrelid IN ('visit'::regclass, 'client'::regclass)
  UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgrelid IN ('visit'::regclass, 'client'::regclass)
    AND NOT tgisinternal
  UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'limosa'::regnamespace
  UNION ALL SELECT 'map ' || relname FROM pg_class WHERE relnamespace = 'limosa'::regnamespace AND relname ~ '^map_'
    AND relkind = 'r'
  UNION ALL SELECT 'rows ' || count(*) || ' ' || count(DISTINCT client.id) FROM visit
    JOIN client ON client.id = visit.client AND client.name = 'c' || visit.id
) AS lines";

fn project(url: &str) -> Project {
    let project = Project::new(url, "", &[("0001_setup", SETUP, DOWN)]);
    project.up();
    project.write("0002_rekey", CHANGE, "");
    project
}

#[test]
fn whoever_comes_next_goes_on_or_takes_it_back() {
    let step = if thorough() { 1 } else { 17 };
    for server in servers() {
        let database = server.fresh_database();
        let whole = project(database.url());
        let before = Target(database.url()).value(SHAPE);
        whole.up();
        contract(&whole);
        let after = Target(database.url()).value(SHAPE);
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
                let is_open = target.value("SELECT count(*) FROM limosa.online WHERE state = 'open'") == "1";
                let goes_back = arguments[0] == "abort" || (arguments[0] == "up" && rounds % 2 == 0);
                let expected = if goes_back && (is_open || arguments[0] == "abort") {
                    if is_open {
                        project.run(&["abort", "0002", "--wait", "60s"]).must_exit(0);
                    }
                    &before
                } else {
                    project.run(&["up", "--wait", "60s"]).must_exit(0);
                    contract(&project);
                    &after
                };
                assert_eq!(target.value(SHAPE), *expected, "message {at} of {arguments:?}, {moment:?}");
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
