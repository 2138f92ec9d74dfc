//! What the statements of an online change make beside everything that is there: it goes with an abort, so that the
//! same migration can be applied again, and what was there before stays.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE visit (id bigint PRIMARY KEY, fee int NOT NULL, note text);
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE FUNCTION price(fee int) RETURNS int LANGUAGE sql AS 'SELECT fee';
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER stamped BEFORE INSERT ON visit FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE POLICY own ON visit USING (true);
CREATE RULE quiet AS ON DELETE TO visit DO ALSO NOTHING;
INSERT INTO visit SELECT i, i % 10 FROM generate_series(1, 100) i;
";

/// What waits for contract, so that there is something to abort.
const WAITS: &str = "ALTER TABLE visit RENAME COLUMN note TO remark;\n";

/// A project with its first migration applied and this as its second.
fn begun(database: &Database, up: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
    project
}

/// All that is there and may be made beside a table.
fn there(database: &Database) -> Vec<String> {
    rows(
        database,
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
         AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') \
         UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname !~ 'limosa' \
         UNION ALL SELECT polname FROM pg_policy \
         UNION ALL SELECT rulename FROM pg_rewrite WHERE rulename <> '_RETURN' AND oid > 16383 \
         UNION ALL SELECT pubname FROM pg_publication UNION ALL SELECT extname FROM pg_extension \
         UNION ALL SELECT evtname FROM pg_event_trigger UNION ALL SELECT srvname FROM pg_foreign_server \
         UNION ALL SELECT collname FROM pg_collation WHERE collnamespace = 'public'::regnamespace ORDER BY 1",
    )
}

const MADE: &str = "\
CREATE FUNCTION price(fee int, tax numeric(3, 2) DEFAULT 0.2, OUT price int) LANGUAGE sql AS 'SELECT fee';
CREATE FUNCTION price(text, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE pay(IN visit bigint, INOUT paid int = 0) LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE most(int) (SFUNC = int4larger, STYPE = int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION touch();
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON visit DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY cheap ON public.visit AS RESTRICTIVE FOR SELECT USING (fee < 100);
CREATE RULE silent AS ON DELETE TO visit DO ALSO NOTHING;
CREATE PUBLICATION clinic FOR TABLE visit;
CREATE EXTENSION file_fdw;
CREATE SERVER shelf FOREIGN DATA WRAPPER file_fdw;
CREATE COLLATION plain (locale = 'C');
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watched ON sql_drop EXECUTE FUNCTION watch();
";

#[test]
fn what_a_migration_makes_goes_with_its_abort_and_comes_again() {
    on_servers(|database| {
        let project = begun(database, &format!("{MADE}{WAITS}"));
        let before = there(database);
        project.limosa("up").exits(0).never_says("an abort leaves");
        let made = there(database);
        assert_eq!(made.len(), before.len() + 15, "{made:?}");
        project.limosa("abort 002").exits(0);
        assert_eq!(there(database), before);
        project.limosa("drift").exits(0);
        project.limosa("up").exits(0);
        assert_eq!(there(database), made);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(there(database), before, "after the way back");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_was_there_already_stays_where_a_migration_fails_to_make_it() {
    for fails in [
        "CREATE FUNCTION price(fee integer) RETURNS int LANGUAGE sql AS 'SELECT 2';\n",
        "CREATE FUNCTION public.price(i pg_catalog.int4 = 1) RETURNS int LANGUAGE sql AS 'SELECT 2';\n",
        "CREATE TRIGGER stamped BEFORE INSERT ON visit FOR EACH ROW EXECUTE FUNCTION stamp();\n",
        "CREATE POLICY own ON visit USING (true);\n",
        "CREATE RULE quiet AS ON DELETE TO visit DO ALSO NOTHING;\n",
        "CREATE EXTENSION plpgsql;\n",
    ] {
        println!("{fails}");
        on_servers(|database| {
            let project = begun(database, &format!("CREATE TABLE ward (id int);\n{fails}{WAITS}"));
            let before = there(database);
            project.limosa("up").fails().says("already exists");
            project.limosa("abort 002").exits(0);
            assert_eq!(there(database), before);
            project.limosa("drift").exits(0);
        });
    }
}

#[test]
fn what_replaces_or_is_there_is_left_by_an_abort() {
    on_servers(|database| {
        let project = begun(
            database,
            &format!(
                "CREATE OR REPLACE TRIGGER stamped BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION stamp();\n\
                 CREATE EXTENSION IF NOT EXISTS plpgsql;\n{WAITS}"
            ),
        );
        let before = there(database);
        project.limosa("up").exits(0).says("an abort leaves what this does: CREATE OR REPLACE TRIGGER stamped");
        project.limosa("abort 002").exits(0);
        assert_eq!(there(database), before);
    });
}

#[test]
fn a_value_of_a_type_stays_behind_an_abort_and_is_taken_as_it_is_by_the_next_try() {
    on_servers(|database| {
        let project = begun(database, &format!("ALTER TYPE mood ADD VALUE 'calm' BEFORE 'sad';\n{WAITS}"));
        project.limosa("up").exits(0).says("an abort leaves what this does: ALTER TYPE mood");
        project.limosa("abort 002").exits(0);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT enum_range(NULL::mood)"), ["{glad,calm,sad}"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_a_migration_makes_goes_though_its_table_is_gone() {
    on_servers(|database| {
        let up = "CREATE TABLE ward (id int PRIMARY KEY);\n\
                  CREATE TRIGGER stamped BEFORE UPDATE ON ward FOR EACH ROW EXECUTE FUNCTION stamp();\n\
                  CREATE POLICY own ON ward USING (true);\n\
                  CREATE TRIGGER twice BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION stamp();\n\
                  -- limosa: phase expand\nSELECT 1 / count(*) FROM ward;\n";
        let project = begun(database, &format!("{up}{WAITS}"));
        let before = there(database);
        project.limosa("up").fails().says("division by zero");
        database.execute("DROP TABLE ward, visit");
        project.limosa("abort 002").exits(0);
        let of_visit = |name: &String| !["stamped", "own", "quiet"].contains(&name.as_str());
        assert_eq!(there(database), before.into_iter().filter(of_visit).collect::<Vec<_>>());
    });
}

/// The indexes and keys of a table.
fn keys(database: &Database) -> Vec<String> {
    rows(
        database,
        "SELECT pg_get_indexdef(i.indexrelid), i.indisvalid, obj_description(i.indexrelid), c.conname \
         FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u') \
         WHERE i.indrelid = 'visit'::regclass ORDER BY 1",
    )
}

/// There, taken back, there again to the end, and back from there.
fn keys_come_and_go(database: &Database, project: &Project) {
    let before = keys(database);
    project.limosa("up").exits(0);
    assert_ne!(keys(database), before);
    project.limosa("abort 003").exits(0);
    assert_eq!(keys(database), before, "after the abort");
    project.limosa("drift").exits(0);
    project.limosa("up").exits(0);
    project.limosa("contract --quiet-window 50ms").exits(0);
    project.limosa("drift").exits(0);
    project.limosa("down").exits(0);
    project.limosa("drift").exits(0);
    project.limosa("contract --quiet-window 50ms").exits(0);
    assert_eq!(keys(database), before, "after the way back");
    project.limosa("drift").exits(0);
}

#[test]
fn a_key_that_takes_over_an_index_goes_with_it_or_gives_it_back() {
    let index = "CREATE UNIQUE INDEX by_note ON visit (note, id);\n";
    let comment = "COMMENT ON INDEX by_note IS 'for the search';\n";
    let key = |name: &str| format!("ALTER TABLE visit ADD CONSTRAINT {name} UNIQUE USING INDEX by_note;\n");
    let waits = "ALTER TABLE visit RENAME COLUMN fee TO price;\n";
    for (earlier, change) in [
        (String::new(), format!("{index}{}{waits}", key("by_note"))),
        (String::new(), format!("{index}{}{waits}", key("one_note"))),
        (format!("{index}{comment}"), format!("{}{waits}", key("by_note"))),
        (index.to_owned(), format!("{}{waits}", key("one_note"))),
    ] {
        println!("{earlier}{change}");
        on_servers(|database| {
            let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
            project.write("migrations/002_index.sql", format!("SELECT 1;\n{earlier}"));
            project.limosa("up").exits(0);
            project.write("migrations/003_key.sql", format!("-- limosa: online\n\n{change}"));
            keys_come_and_go(database, &project);
        });
    }
}

#[test]
fn a_primary_key_of_an_index_takes_the_place_of_another() {
    on_servers(|database| {
        let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
        project.write(
            "migrations/002_index.sql",
            "ALTER TABLE visit ALTER COLUMN fee SET NOT NULL;\nCREATE UNIQUE INDEX by_fee ON visit (fee, id);\n",
        );
        project.limosa("up").exits(0);
        project.write(
            "migrations/003_key.sql",
            "-- limosa: online\n\nALTER TABLE visit DROP CONSTRAINT visit_pkey;\n\
             ALTER TABLE visit ADD CONSTRAINT visit_pkey PRIMARY KEY USING INDEX by_fee;\n",
        );
        let before = keys(database);
        project.limosa("up").exits(0);
        project.limosa("abort 003").exits(0);
        assert_eq!(keys(database), before, "after the abort");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(keys(database), before, "after the way back");
        project.limosa("drift").exits(0);
    });
}
