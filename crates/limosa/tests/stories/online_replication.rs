//! Online changes of tables that are replicated: who would receive what there is no place for is named before anything
//! changes, and publications are afterwards what the plain statements make of them.

use std::time::{Duration, Instant};

use limosa_testkit::{Database, PrivateServer, PrivateServerOptions, servers};

use crate::outcome::Outcome;
use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, age int NOT NULL, note text);
INSERT INTO patient SELECT i, 'name ' || i, i % 90, NULL FROM generate_series(1, 300) i;
";

const RENAME: &str = "ALTER TABLE patient RENAME COLUMN name TO title;\n";
const TYPE: &str = "ALTER TABLE patient ALTER COLUMN age TYPE bigint;\n";
const ADD: &str = "-- limosa: forward upper(name)\nALTER TABLE patient ADD COLUMN loud text;\n";

/// Columns of a table in all publications, and which rows.
const PUBLISHED: &str = "\
SELECT p.pubname, p.tablename, array(SELECT a FROM unnest(p.attnames) a ORDER BY a), p.rowfilter \
FROM pg_publication_tables p ORDER BY 1, 2";

/// A slot, which goes with this value: the server has only so many, and keeps a database for it.
struct Slot<'a>(&'a Database, String);

impl<'a> Slot<'a> {
    fn of(database: &'a Database, plugin: &str) -> Self {
        let name = format!("slot_{}", database.name().as_str());
        database.execute(&format!("SELECT pg_create_logical_replication_slot('{name}', '{plugin}')"));
        Self(database, name)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let until = Instant::now() + Duration::from_secs(20);
        let drop = format!(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '{}'",
            self.1
        );
        while self.0.query(&drop).is_err() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A subscription, without which the database can go.
struct Subscription<'a>(&'a Database);

impl Drop for Subscription<'_> {
    fn drop(&mut self) {
        for sql in ["DISABLE", "SET (slot_name = NONE)"] {
            let _ = self.0.query(&format!("ALTER SUBSCRIPTION from_there {sql}"));
        }
        let _ = self.0.query("DROP SUBSCRIPTION from_there");
    }
}

fn begun(database: &Database, setup: &str, head: &str, up: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", format!("{SETUP}{setup}"));
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n{head}\n{up}"));
    project
}

/// That `up` refuses before anything has changed.
fn refused(database: &Database, project: &Project) -> Outcome {
    let columns = "SELECT attname FROM pg_attribute WHERE attrelid = 'patient'::regclass AND attnum > 0 ORDER BY 1";
    let before = rows(database, columns);
    let outcome = project.limosa("up").exits(1);
    assert_eq!(rows(database, columns), before);
    assert_eq!(rows(database, "SELECT count(*) FROM limosa.online"), ["0"]);
    outcome
}

#[test]
fn who_receives_all_columns_is_named_before_anything_changes() {
    on_servers(|database| {
        for (up, says) in [
            (RENAME, "has no column for the copy"),
            (TYPE, "has no column for the copy"),
            (ADD, "loud is sent from then on"),
            ("ALTER TABLE patient ADD COLUMN more int;\n", "more is sent from then on"),
        ] {
            let database = database.server().fresh_database();
            let project = begun(&database, "CREATE PUBLICATION all_of_it FOR ALL TABLES;\n", "", up);
            let slot = Slot::of(&database, "pgoutput");
            project.limosa("plan").says(says).says(&format!("slot {}", slot.1));
            let refused = refused(&database, &project);
            refused.says("replicated").says(says).says("publication all_of_it").says("allow replicated");
            drop(slot);
            // Nobody receives it: what is published is nobody's concern.
            project.limosa("up").exits(0);
        }
    });
}

#[test]
fn a_slot_that_needs_no_publication_receives_everything() {
    on_servers(|database| {
        let project = begun(database, "", "", RENAME);
        let slot = Slot::of(database, "test_decoding");
        refused(database, &project).says(&format!("slot {} (test_decoding)", slot.1)).says("behind");
        project
            .write("migrations/002_change.sql", format!("-- limosa: online\n-- limosa: allow replicated\n\n{RENAME}"));
        project.limosa("up").exits(0).says("nobody reads slot");
        project.limosa("contract --quiet-window 50ms").exits(0);
        let sent = format!(
            "SELECT count(*) FROM pg_logical_slot_peek_changes('{}', NULL, NULL) WHERE data LIKE '%title%'",
            slot.1
        );
        assert_ne!(rows(database, &sent), ["0"]);
    });
}

#[test]
fn a_slot_that_would_lose_its_place_is_named_before_anything_changes() {
    for server in servers() {
        let settings = [("wal_level", "logical"), ("max_slot_wal_keep_size", "1MB"), ("min_wal_size", "32MB")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let options = PrivateServerOptions { settings, ..PrivateServerOptions::default() };
        let server = PrivateServer::start_with(server.major(), options);
        let database = server.fresh_database();
        let rows = "UPDATE patient SET note = repeat(md5(id::text), 4);\n\
                    INSERT INTO patient SELECT i, 'n', 1, repeat(md5(i::text), 20)\n\
                    FROM generate_series(1001, 90000) i;\n";
        let project = begun(&database, rows, "", RENAME);
        database.execute("SELECT pg_create_physical_replication_slot('standby', true)");
        project.limosa("plan").says("slot standby, which would be lost");
        let refused = refused(&database, &project).says("replicated").says("slot standby, which would be lost");
        refused.says("max_slot_wal_keep_size").says("allow replicated");
        database.execute("SELECT pg_drop_replication_slot('standby')");
        project.limosa("up").exits(0);
    }
}

#[test]
fn a_listed_column_that_gets_another_name_is_said_at_the_beginning_and_asked_at_contract() {
    on_servers(|database| {
        let setup = "CREATE PUBLICATION portal FOR TABLE patient (id, name);\n";
        let project = begun(database, setup, "", RENAME);
        let _slot = Slot::of(database, "pgoutput");
        let says = "name is sent as title with contract";
        project.limosa("plan").says(says);
        project.limosa("up").exits(0).says(says).says("publication portal");
        project.limosa("contract --quiet-window 50ms").exits(1).says("replicated").says(says);
        project.limosa("contract --quiet-window 50ms --allow replicated").exits(0);
        assert_eq!(rows(database, PUBLISHED), ["portal|patient|{id,title}|NULL"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn publications_are_what_the_plain_statements_make_of_them() {
    on_servers(|database| {
        let setup = "CREATE PUBLICATION portal FOR TABLE patient (id, name, age);\n\
                     CREATE PUBLICATION grown FOR TABLE patient WHERE (age > 17 AND name <> '')\n\
                     WITH (publish = 'insert');\n\
                     CREATE PUBLICATION inserted FOR TABLE patient WITH (publish = 'insert');\n";
        let both = format!("{RENAME}{TYPE}");
        let project = begun(database, setup, "", &both);
        project.limosa("up").exits(0);
        database.execute("UPDATE patient SET age = age + 1 WHERE id = 1");
        project.limosa("contract --quiet-window 50ms").exits(0);
        let found = rows(database, PUBLISHED);
        let plain = database.server().fresh_database();
        // The server itself refuses to change the type of a column that a list or a condition names.
        let after = setup.replace("name", "title");
        plain.execute(&format!("{SETUP}{both}{after}"));
        assert_eq!(found, rows(&plain, PUBLISHED));
        project.limosa("drift").exits(0);
        database.execute("UPDATE patient SET title = 'other', age = 5000000000 WHERE id = 2");
    });
}

#[test]
fn the_index_that_tells_rows_apart_does_so_again() {
    on_servers(|database| {
        let setup = "ALTER TABLE patient ADD COLUMN number int NOT NULL DEFAULT 1; UPDATE patient SET number = id;\n\
                     CREATE UNIQUE INDEX by_number ON patient (number);\n\
                     ALTER TABLE patient REPLICA IDENTITY USING INDEX by_number;\n\
                     CREATE PUBLICATION all_of_it FOR ALL TABLES;\n";
        let project = begun(database, setup, "", "ALTER TABLE patient ALTER COLUMN number TYPE bigint;\n");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let identity = "SELECT indexrelid::regclass FROM pg_index WHERE indisreplident";
        assert_eq!(rows(database, identity), ["by_number"]);
        database.execute("UPDATE patient SET note = 'seen' WHERE number = 7");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn rows_that_cannot_be_sent_are_not_begun_to_be_filled() {
    on_servers(|database| {
        let setup = "CREATE PUBLICATION all_of_it FOR ALL TABLES;\n";
        for up in [RENAME, TYPE, ADD] {
            let database = database.server().fresh_database();
            let setup = format!("ALTER TABLE patient DROP CONSTRAINT patient_pkey;\n{setup}");
            let project = begun(&database, &setup, "", up);
            refused(&database, &project).says("cannot be filled").says("REPLICA IDENTITY FULL");
            database.execute("ALTER TABLE patient REPLICA IDENTITY FULL");
            project.limosa("up --allow drift").exits(0);
        }
        for (publication, is_refused) in [
            ("CREATE PUBLICATION portal FOR TABLE patient (name)", true),
            ("CREATE PUBLICATION portal FOR TABLE patient WHERE (age > 17)", true),
            ("CREATE PUBLICATION portal FOR TABLE patient WHERE (id > 17)", false),
            ("CREATE PUBLICATION portal FOR TABLE patient (name) WITH (publish = 'insert')", false),
        ] {
            let database = database.server().fresh_database();
            let project = begun(&database, &format!("{publication};\n"), "", RENAME);
            // What the server itself says of it.
            assert_eq!(database.query("UPDATE patient SET note = note").is_err(), is_refused, "{publication}");
            match is_refused {
                true => drop(refused(&database, &project).says("cannot be filled")),
                false => drop(project.limosa("up").exits(0)),
            }
        }
    });
}

#[test]
fn a_column_that_a_publication_names_is_not_begun_to_be_dropped() {
    on_servers(|database| {
        let setup = "CREATE PUBLICATION portal FOR TABLE patient (id, name, note);\n";
        let project = begun(database, setup, "", "ALTER TABLE patient DROP COLUMN note;\n");
        refused(database, &project).says("names the column").says("ALTER PUBLICATION");
        database.execute("ALTER PUBLICATION portal SET TABLE patient (id, name)");
        project.limosa("up --allow drift").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
    });
}

#[test]
fn a_change_of_a_key_is_allowed_as_others_are_and_so_is_the_way_back() {
    on_servers(|database| {
        let setup = "CREATE TABLE visit (id int PRIMARY KEY, patient bigint REFERENCES patient);\n\
                     CREATE SEQUENCE number START 1000;\n\
                     ALTER TABLE patient ALTER COLUMN id SET DEFAULT nextval('number');\n";
        let rekey = "ALTER TABLE visit DROP CONSTRAINT visit_patient_fkey;\n\
                     ALTER TABLE patient ALTER COLUMN id DROP DEFAULT;\n\
                     -- limosa: rekey\nALTER TABLE patient ALTER COLUMN id TYPE text;\n\
                     ALTER TABLE patient ALTER COLUMN id SET DEFAULT gen_random_uuid()::text;\n\
                     -- limosa: follows\nALTER TABLE visit ALTER COLUMN patient TYPE text;\n\
                     ALTER TABLE visit ADD CONSTRAINT visit_patient_fkey FOREIGN KEY (patient) REFERENCES patient;\n";
        for up in [rekey, RENAME] {
            let database = database.server().fresh_database();
            let project = begun(&database, setup, "", up);
            let _slot = Slot::of(&database, "test_decoding");
            refused(&database, &project).says("replicated").says("has no column for the copy");
            let allowed = format!("-- limosa: online\n-- limosa: allow replicated\n\n{up}");
            project.write("migrations/002_change.sql", allowed);
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            project.limosa("down").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            project.limosa("drift").exits(0);
        }
    });
}

/// Waits until the subscriber has as many rows that meet a condition.
fn wait_for_rows(database: &Database, condition: &str, count: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    let sql = format!("SELECT count(*) FROM patient WHERE {condition}");
    while rows(database, &sql) != [count] {
        assert!(Instant::now() < until, "rows where {condition}: {:?}, not {count}", rows(database, &sql));
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_subscription_goes_on_through_a_change_on_both_sides() {
    on_servers(|publisher| {
        let subscriber = publisher.server().fresh_database();
        let project = begun(publisher, "CREATE PUBLICATION portal FOR TABLE patient (id, name, age);\n", "", RENAME);
        let there = begun(&subscriber, "TRUNCATE patient;\n", "", RENAME);
        let slot = Slot::of(publisher, "pgoutput");
        let _subscription = Subscription(&subscriber);
        // In the same cluster, the server would wait for itself to make the slot.
        subscriber.execute(&format!(
            "CREATE SUBSCRIPTION from_there CONNECTION '{}' PUBLICATION portal \
             WITH (slot_name = '{}', create_slot = false)",
            publisher.url(),
            slot.1
        ));
        wait_for_rows(&subscriber, "true", "300");
        project.limosa("up").exits(0).says("name is sent as title with contract");
        there.limosa("up --allow drift").exits(0).says("written by a subscription under its old names");
        publisher.execute("INSERT INTO patient (id, title, age) VALUES (1001, 'from the new', 1)");
        publisher.execute("UPDATE patient SET name = 'from the old' WHERE id = 7");
        wait_for_rows(&subscriber, "title = name AND name IN ('from the new', 'from the old')", "2");
        project.limosa("contract --quiet-window 50ms").exits(1).says("replicated").says("read by process");
        let stops = there.limosa("contract --quiet-window 50ms").exits(1);
        stops.says("subscription from_there").says("ALTER SUBSCRIPTION … DISABLE");
        // The publisher first: the subscriber has both names.
        project.limosa("contract --quiet-window 50ms --allow replicated").exits(0);
        publisher.execute("UPDATE patient SET title = 'behind it' WHERE id = 8");
        wait_for_rows(&subscriber, "title = name AND name = 'behind it'", "1");
        there.limosa("contract --quiet-window 50ms --allow replicated").exits(0);
        publisher.execute("UPDATE patient SET title = 'at the end' WHERE id = 9");
        wait_for_rows(&subscriber, "title = 'at the end'", "1");
    });
}
