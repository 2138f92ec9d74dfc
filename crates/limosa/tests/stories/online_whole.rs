//! What hangs on a column whose type changes, and what a `DROP NOT NULL` takes along, comes back as it was: with
//! comments, targets of statistics and the extent of `NOT NULL`.

use limosa_testkit::{Database, servers};

use crate::place::{on_servers, rows};
use crate::project::Project;

/// A project with its first migration applied and this change open.
fn open(database: &Database, setup: &str, up: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", setup);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}\n"));
    project
}

/// That these rows are the same behind an abort, a contract and the way back.
fn stays(database: &Database, (setup, up): (&str, &str), sql: &str, stays_with_contract: bool) {
    let project = open(database, setup, up);
    let before = rows(database, sql);
    project.limosa("up").exits(0);
    project.limosa("abort 002").exits(0);
    assert_eq!(rows(database, sql), before, "abort of {up}");
    project.limosa("up").exits(0);
    project.limosa("contract --quiet-window 50ms").exits(0);
    if stays_with_contract {
        assert_eq!(rows(database, sql), before, "contract of {up}");
    }
    project.limosa("drift").exits(0);
    project.limosa("down").exits(0);
    project.limosa("contract --quiet-window 50ms").exits(0);
    assert_eq!(rows(database, sql), before, "way back of {up}");
    project.limosa("drift").exits(0);
}

#[test]
fn comments_and_targets_of_statistics_outlive_a_change_of_a_type() {
    let setup = "CREATE TABLE visit (id int PRIMARY KEY, fee int UNIQUE, note text NOT NULL);\n\
        CREATE INDEX visit_fee ON visit (note, (fee + 1));\nALTER INDEX visit_fee ALTER COLUMN 2 SET STATISTICS 99;\n\
        COMMENT ON INDEX visit_fee_key IS 'index of a key';\nCOMMENT ON CONSTRAINT visit_fee_key ON visit IS 'key';\n\
        COMMENT ON INDEX visit_fee IS 'index';\n\
        CREATE STATISTICS stats (ndistinct, mcv) ON fee, note FROM visit;\nALTER STATISTICS stats SET STATISTICS 77;\n\
        COMMENT ON STATISTICS stats IS 'stats';\nCREATE STATISTICS more ON (fee + 1), (lower(note)) FROM visit;\n\
        ALTER TABLE visit ALTER COLUMN fee SET STATISTICS 55, ALTER COLUMN fee SET (n_distinct = 7);\n\
        CREATE MATERIALIZED VIEW fees AS SELECT fee, note, fee + 1 AS next FROM visit;\n\
        CREATE UNIQUE INDEX fees_fee ON fees (fee);\nCREATE INDEX fees_next ON fees ((next + 1));\n\
        COMMENT ON INDEX fees_fee IS 'index of fees';\nALTER INDEX fees_next ALTER COLUMN 1 SET STATISTICS 44;\n\
        COMMENT ON COLUMN fees.next IS 'column of fees';\nGRANT SELECT (fee) ON fees TO pg_monitor;\n\
        ALTER MATERIALIZED VIEW fees ALTER COLUMN fee SET STATISTICS 33, ALTER COLUMN next SET (n_distinct = 9);\n\
        ALTER MATERIALIZED VIEW fees ALTER COLUMN note SET STORAGE external;\n\
        CREATE STATISTICS of_fees ON fee, note FROM fees;\nCOMMENT ON STATISTICS of_fees IS 'stats of fees';\n\
        ALTER STATISTICS of_fees SET STATISTICS 5;\n\
        INSERT INTO visit SELECT i, i, 'n' FROM generate_series(1, 9) i;\n";
    let sql = "SELECT c.relname, CASE relkind WHEN 'i' THEN attnum::text ELSE attname END, \
               nullif(attstattarget, -1), attoptions, \
               CASE relkind WHEN 'm' THEN attstorage END, col_description(c.oid, attnum), obj_description(c.oid), \
               attacl FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped \
               WHERE relnamespace = 'public'::regnamespace UNION ALL \
               SELECT stxname, stxkind::text, nullif(to_jsonb(s) ->> 'stxstattarget', '-1')::int, NULL, NULL, NULL, \
               obj_description(oid), NULL FROM pg_statistic_ext s UNION ALL \
               SELECT conname, 'constraint', NULL, NULL, NULL, NULL, obj_description(oid), NULL FROM pg_constraint \
               WHERE contype = 'u' AND connamespace = 'public'::regnamespace ORDER BY 1, 2";
    on_servers(|database| {
        stays(database, (setup, "ALTER TABLE visit ALTER COLUMN fee TYPE bigint;"), sql, true);
    });
}

#[test]
fn the_comment_of_the_index_of_a_key_comes_back_with_the_key() {
    let setup = "CREATE TABLE visit (id int PRIMARY KEY, fee int UNIQUE);\n\
                 COMMENT ON INDEX visit_fee_key IS 'index of a key';\n";
    let sql = "SELECT obj_description('visit_fee_key'::regclass)";
    on_servers(|database| {
        let project = open(database, setup, "ALTER TABLE visit DROP CONSTRAINT visit_fee_key;");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, sql), ["index of a key"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_not_null_keeps_its_name_its_comment_and_its_extent() {
    let setup = "CREATE TABLE visit (id int PRIMARY KEY, fee int CONSTRAINT paid NOT NULL, note text, room int);\n\
        ALTER TABLE visit ADD CONSTRAINT noted NOT NULL note NOT VALID;\n\
        ALTER TABLE visit ADD NOT NULL room NO INHERIT;\nCOMMENT ON CONSTRAINT paid ON visit IS 'by whom';\n\
        INSERT INTO visit SELECT i, i, 'n', i FROM generate_series(1, 9) i;\n";
    let sql = "SELECT conname, pg_get_constraintdef(oid), obj_description(oid) FROM pg_constraint \
               WHERE contype = 'n' AND connamespace = 'public'::regnamespace ORDER BY 1";
    for server in servers().iter().filter(|server| server.major().number() >= 18) {
        for (up, with_contract) in [
            ("ALTER TABLE visit ALTER COLUMN fee TYPE bigint;", true),
            ("ALTER TABLE visit ALTER COLUMN note TYPE varchar(9);", true),
            ("ALTER TABLE visit ALTER COLUMN room TYPE bigint;", true),
            ("ALTER TABLE visit ALTER COLUMN fee DROP NOT NULL;", false),
            ("ALTER TABLE visit ALTER COLUMN note DROP NOT NULL;", false),
            ("ALTER TABLE visit ALTER COLUMN room DROP NOT NULL;", false),
        ] {
            stays(&server.fresh_database(), (setup, up), sql, with_contract);
        }
        let database = server.fresh_database();
        let add = "ALTER TABLE visit ADD CONSTRAINT counted NOT NULL id NO INHERIT NOT VALID;";
        let project = open(&database, "CREATE TABLE visit (id int);\n", add);
        project.limosa("up").exits(0);
        assert_eq!(rows(&database, sql), ["counted|NOT NULL id NO INHERIT NOT VALID|NULL"]);
    }
}
