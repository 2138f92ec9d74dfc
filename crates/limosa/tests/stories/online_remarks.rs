//! Comments and privileges of what a contract makes again: they are not lost with it.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE visit (id bigint PRIMARY KEY, fee int, note text);
COMMENT ON COLUMN visit.note IS 'what was said';
GRANT SELECT (note) ON visit TO pg_monitor;
CREATE VIEW fees AS SELECT id, fee FROM visit;
CREATE MATERIALIZED VIEW sums AS SELECT sum(fee) AS sum FROM visit;
CREATE FUNCTION price(bigint) RETURNS int LANGUAGE sql STABLE BEGIN ATOMIC SELECT fee FROM visit WHERE id = $1; END;
INSERT INTO visit SELECT i, i, 'n' FROM generate_series(1, 9) i;
";

/// A project with its first migration applied.
fn begun(database: &Database) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project
}

/// What is said of them, and who may read them.
fn said(database: &Database) -> Vec<String> {
    rows(
        database,
        "SELECT relname, obj_description(oid), relacl::text ~ 'pg_monitor' FROM pg_class \
         WHERE relname IN ('fees', 'sums') UNION ALL \
         SELECT proname, obj_description(oid), proacl::text ~ 'pg_monitor' FROM pg_proc WHERE proname = 'price' \
         ORDER BY 1",
    )
}

#[test]
fn what_is_said_of_something_that_an_open_change_makes_again_waits() {
    on_servers(|database| {
        let project = begun(database);
        project
            .write("migrations/002_fee.sql", "-- limosa: online\n\nALTER TABLE visit ALTER COLUMN fee TYPE bigint;\n");
        project.limosa("up").exits(0);
        for head in ["", "-- limosa: online\n\n"] {
            for statement in [
                "COMMENT ON VIEW fees IS 'x'",
                "GRANT SELECT ON fees TO pg_monitor",
                "COMMENT ON COLUMN public.fees.fee IS 'x'",
                "COMMENT ON MATERIALIZED VIEW sums IS 'x'",
                "REVOKE ALL ON FUNCTION price(bigint) FROM PUBLIC",
            ] {
                project.write("migrations/003_said.sql", format!("{head}{statement};\n"));
                for verb in ["plan", "up"] {
                    let refused = project.limosa(verb).fails().says("open-change").says("^^^^");
                    refused.says("the contract of 002 makes").says("`limosa contract 002`");
                }
            }
        }
        assert_eq!(said(database), ["fees|NULL|NULL", "price|NULL|NULL", "sums|NULL|NULL"]);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("up").exits(0);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_a_migration_says_of_something_that_it_makes_again_is_there_behind_its_contract() {
    let says = "COMMENT ON VIEW fees IS 'f';\nGRANT SELECT ON fees, sums TO pg_monitor;\n\
                COMMENT ON MATERIALIZED VIEW sums IS 's';\nCOMMENT ON COLUMN fees.fee IS 'c';\n\
                COMMENT ON FUNCTION price(bigint) IS 'p';\nGRANT EXECUTE ON FUNCTION price(bigint) TO pg_monitor;\n";
    let changes = "ALTER TABLE visit ALTER COLUMN fee TYPE bigint;\n";
    let all = ["fees|f|t", "price|p|t", "sums|s|t"];
    for up in [format!("{changes}{says}"), format!("{says}{changes}")] {
        on_servers(|database| {
            let project = begun(database);
            project.write("migrations/002_fee.sql", format!("-- limosa: online\n\n{up}"));
            project.limosa("up").exits(0);
            project.limosa("abort 002").exits(0);
            assert!(said(database).iter().all(|row| row.contains("|NULL|")), "{:?}", said(database));
            project.limosa("drift").exits(0);
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(said(database), all);
            project.limosa("drift").exits(0);
            project.limosa("down").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            let left = said(database);
            assert!(left.iter().all(|row| row.contains("|NULL|") && !row.ends_with("|t")), "{left:?}");
            project.limosa("drift").exits(0);
        });
    }
}

#[test]
fn what_is_said_by_hand_of_the_copy_of_a_renamed_column_is_named() {
    on_servers(|database| {
        let project = begun(database);
        project.write("migrations/002_note.sql", "-- limosa: online\n\nALTER TABLE visit RENAME note TO remark;\n");
        project.limosa("up").exits(0);
        for (by_hand, back) in [
            ("COMMENT ON COLUMN visit.remark IS 'new'", "COMMENT ON COLUMN visit.remark IS 'what was said'"),
            ("GRANT UPDATE (remark) ON visit TO pg_monitor", "REVOKE UPDATE (remark) ON visit FROM pg_monitor"),
            ("GRANT SELECT (remark) ON visit TO PUBLIC", "REVOKE SELECT (remark) ON visit FROM PUBLIC"),
        ] {
            database.execute(by_hand);
            let refused = project.limosa("contract --quiet-window 50ms").fails().says("came-to-hang");
            refused.says("column public.visit.remark");
            database.execute(back);
        }
        project.limosa("contract --quiet-window 50ms").exits(0);
        let note = "SELECT col_description(attrelid, attnum), attacl::text ~ 'pg_monitor=r/' FROM pg_attribute \
                    WHERE attrelid = 'visit'::regclass AND attname = 'remark'";
        assert_eq!(rows(database, note), ["what was said|t"]);
        project.limosa("drift").exits(0);
    });
}
