//! The client is killed at every message while a map comes from another service's database: whoever comes next goes on,
//! or takes it back.

use std::fs;

use limosa_testkit::{Server, servers, thorough};

use crate::database::Target;
use crate::online::killed;
use crate::project::Project;
use crate::tap::Moment;

const CLINIC: &str = "\
CREATE SEQUENCE client_number;
CREATE TABLE client (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);";

const REKEY: &str = "\
-- limosa: online
ALTER TABLE client ALTER COLUMN id DROP DEFAULT;
-- limosa: rekey
ALTER TABLE client ALTER COLUMN id TYPE text;
ALTER TABLE client ALTER COLUMN id SET DEFAULT 'c' || nextval('client_number');";

const BILLING: &str = "\
CREATE TABLE account (client uuid PRIMARY KEY, name text);
CREATE TABLE invoice (id int PRIMARY KEY, client uuid REFERENCES account ON DELETE CASCADE, note jsonb);
CREATE INDEX invoice_client ON invoice (client);";

const FOLLOW: &str = "\
-- limosa: online
ALTER TABLE invoice DROP CONSTRAINT invoice_client_fkey;
-- limosa: rekey from clinic map client
ALTER TABLE account ALTER COLUMN client TYPE text;
-- limosa: follows
ALTER TABLE invoice ALTER COLUMN client TYPE text;
-- limosa: follows at client
ALTER TABLE invoice ALTER COLUMN note TYPE jsonb;
ALTER TABLE invoice ADD CONSTRAINT invoice_client_fkey FOREIGN KEY (client) REFERENCES account ON DELETE CASCADE;";

const DOWN: &str = "DROP TABLE IF EXISTS invoice, account, client; DROP SEQUENCE IF EXISTS client_number";

const TOML: &str = "\
[project]
name = \"clinic\"
[service.clinic]
migrations = \"clinic\"
url = \"env:CLINIC_URL\"
[service.billing]
migrations = \"migrations\"
url = \"env:DATABASE_URL\"
references = [{ column = \"account.client\", to = \"clinic:client.id\" }]
[env.dev]
url = \"env:DATABASE_URL\"
";

/// Columns, constraints, indexes, triggers, what is left in the history's schema, and how rows refer to each other.
const SHAPE: &str = "\
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT 'column ' || attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod) || attnotnull
    AS line FROM pg_attribute WHERE attrelid IN ('account'::regclass, 'invoice'::regclass) AND attnum > 0
    AND NOT attisdropped
  UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated FROM pg_constraint
    WHERE conrelid IN ('account'::regclass, 'invoice'::regclass)
  UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index
    WHERE indrelid IN ('account'::regclass, 'invoice'::regclass)
  UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger
    WHERE tgrelid IN ('account'::regclass, 'invoice'::regclass) AND NOT tgisinternal
  UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'limosa'::regnamespace
  UNION ALL SELECT 'table ' || relname FROM pg_class WHERE relnamespace = 'limosa'::regnamespace AND relkind = 'r'
    AND (relname ~ '^map_' OR relname ~ '_late$')
  UNION ALL SELECT 'rows ' || string_agg(account.name || ':' || coalesce(note ->> 'client' = account.client::text
    AND account.client::text !~ '^~', false), ' ' ORDER BY account.name) FROM invoice JOIN account USING (client)
) AS lines";

/// Both services; what refers here is yet to change.
fn project(clinic: &str, billing: &str) -> Project {
    let project = Project::new(billing, "", &[("0001_setup", BILLING, DOWN)]).variable("CLINIC_URL", clinic);
    fs::write(project.path().join("limosa.toml"), TOML).unwrap();
    fs::create_dir(project.path().join("clinic")).unwrap();
    fs::write(project.path().join("clinic/0001_setup.sql"), CLINIC).unwrap();
    project.up();
    let made = "INSERT INTO client (name) SELECT 'c' || i FROM generate_series(1, 40) i RETURNING id";
    let ids = Target(clinic).value(&format!("WITH made AS ({made}) SELECT string_agg(id::text, ',') FROM made"));
    refer(billing, "client", &ids, "n");
    fs::write(project.path().join("clinic/0002_rekey.sql"), REKEY).unwrap();
    project.run(&["--service", "clinic", "up"]).must_exit(0);
    project.write("0002_follow", FOLLOW, "");
    project
}

/// Writes rows that refer to these ids.
fn refer(billing: &str, column: &str, ids: &str, name: &str) {
    let note = if column == "client" { "note".to_owned() } else { column.replace("client", "note") };
    Target(billing).value(&format!(
        "WITH ids AS (SELECT id, place FROM unnest(string_to_array('{ids}', ',')) WITH ORDINALITY AS i (id, place)), \
         a AS (INSERT INTO account ({column}, name) SELECT id::{0}, '{name}' || place FROM ids), \
         b AS (INSERT INTO invoice (id, {column}, {note}) SELECT place + (SELECT count(*) FROM invoice), id::{0}, \
         jsonb_build_object('client', id) FROM ids) SELECT count(*) FROM ids",
        if column == "client" { "uuid" } else { "text" }
    ));
}

/// Clients that were made since, to which rows here refer by either id.
fn more(clinic: &str, billing: &str) {
    let target = Target(clinic);
    target.value(
        "WITH made AS (INSERT INTO client (name) SELECT 'l' || i FROM generate_series(1, 6) i RETURNING 1) \
                  SELECT count(*) FROM made",
    );
    let ids = |side: &str, from: u32| {
        target.value(&format!(
            "SELECT string_agg({side}::text, ',' ORDER BY name) FROM client JOIN limosa.map_client ON old_id = id \
             WHERE name IN ('l{}', 'l{}', 'l{}')",
            from,
            from + 1,
            from + 2
        ))
    };
    refer(billing, "client", &ids("old_id", 1), "o");
    let column = Target(billing).value(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'account'::regclass AND attname ~ '^limosa_online_' \
         AND NOT attisdropped",
    );
    refer(billing, &column, &ids("new_id", 4), "p");
}

const CONTRACT: &[&str] =
    &["--service", "billing", "contract", "--quiet-window", "10ms", "--allow", "owner-open", "--wait", "60s"];

fn strike(server: &Server, arguments: &[&str], is_up: bool, is_abort: bool) {
    let step = match thorough() {
        true => 1,
        false if is_up => 23,
        false => 9,
    };
    let (mut at, mut rounds) = (1 + std::process::id() % step, 0);
    let shapes = |more_comes: bool| {
        let (clinic, billing) = (server.fresh_database(), server.fresh_database());
        let project = project(clinic.url(), billing.url());
        let before = Target(billing.url()).value(SHAPE);
        project.run(&["--service", "billing", "up"]).must_exit(0);
        if more_comes {
            more(clinic.url(), billing.url());
        }
        project.run(CONTRACT).must_exit(0);
        (before, Target(billing.url()).value(SHAPE))
    };
    let (before, after) = shapes(!is_up);
    assert!(after.contains("n1:true") && after.contains("p3:true") != is_up, "{after}");
    loop {
        let moment = if rounds % 2 == 0 { Moment::Unheard } else { Moment::Unanswered };
        let (clinic, billing) = (server.fresh_database(), server.fresh_database());
        let target = Target(billing.url());
        let mut project = project(clinic.url(), billing.url());
        if !is_up {
            project.run(&["--service", "billing", "up"]).must_exit(0);
            if !is_abort {
                more(clinic.url(), billing.url());
            }
        }
        let is_over = killed(&mut project, billing.url(), at, moment, arguments);
        target.wait_until_quiet();
        let is_open = target.value("SELECT count(*) FROM limosa.online WHERE state = 'open'") == "1";
        let abort: &[&str] = &["--service", "billing", "abort", "0002", "--wait", "60s"];
        let goes_back = is_abort || is_up && is_open && rounds % 2 == 0;
        if goes_back && is_open {
            project.run(abort).must_exit(0);
        } else if !goes_back {
            project.run(&["--service", "billing", "up", "--wait", "60s"]).must_exit(0);
            project.run(CONTRACT).must_exit(0);
        }
        let expected = if goes_back { &before } else { &after };
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

#[test]
fn whoever_comes_next_carries_the_map_again_or_takes_it_back() {
    for server in servers() {
        strike(&server, &["--service", "billing", "up"], true, false);
        strike(&server, CONTRACT, false, false);
        strike(&server, &["--service", "billing", "abort", "0002"], false, true);
    }
}
