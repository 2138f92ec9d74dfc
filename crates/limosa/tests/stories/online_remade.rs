//! What a way back makes again beside the columns that come back: the index by which a table is clustered, comments,
//! views of which others read columns that change.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE visit (id bigint PRIMARY KEY, n int, name text, f int);
CREATE INDEX visit_name ON visit (name);
CREATE INDEX visit_n ON visit (n);
ALTER TABLE visit CLUSTER ON visit_name;
CREATE STATISTICS visit_both ON id, f FROM visit;
COMMENT ON STATISTICS visit_both IS 'old';
CREATE VIEW seen AS SELECT id, n, name, f FROM visit;
CREATE VIEW dear AS SELECT id, f FROM seen;
COMMENT ON VIEW seen IS 'kept';
INSERT INTO visit SELECT i, i, 'a', i FROM generate_series(1, 10) i;
";

/// A project with its first migration applied and this as its second.
fn begun(database: &Database, up: &str) -> Project {
    database.execute("DROP SCHEMA IF EXISTS limosa, public CASCADE; CREATE SCHEMA public");
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
    project
}

/// What is on the table and beside it.
fn kept(database: &Database) -> Vec<String> {
    rows(
        database,
        "SELECT indexrelid::regclass::text, indisclustered::text FROM pg_index WHERE indrelid = 'visit'::regclass \
         UNION ALL SELECT stxname, obj_description(oid) FROM pg_statistic_ext \
         UNION ALL SELECT relname || pg_get_viewdef(oid), obj_description(oid) FROM pg_class \
         WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace \
         UNION ALL SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = 'visit'::regclass \
         AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2",
    )
}

#[test]
fn a_way_back_makes_again_what_went_with_its_columns() {
    on_servers(|database| {
        for up in [
            "DROP VIEW dear, seen;\nALTER TABLE visit DROP COLUMN name;\nALTER TABLE visit DROP COLUMN f;\n",
            "ALTER TABLE visit CLUSTER ON visit_n;\nCOMMENT ON STATISTICS visit_both IS 'new';\n",
            "ALTER TABLE visit SET WITHOUT CLUSTER;\nCOMMENT ON STATISTICS visit_both IS NULL;\n",
            "DROP STATISTICS visit_both;\nDROP INDEX visit_name;\n",
        ] {
            let project = begun(database, up);
            let before = kept(database);
            project.limosa("up").exits(0);
            project.limosa("abort 002").exits(0);
            assert_eq!(kept(database), before, "{up}");
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_ne!(kept(database), before, "{up}");
            project.limosa("down").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(kept(database), before, "{up}");
            project.limosa("drift").exits(0);
        }
    });
}

#[test]
fn what_is_clustered_and_commented_is_said_in_a_way_back_of_ones_own() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE visit DROP COLUMN name CASCADE;\n");
        project.write(
            "migrations/002_change.down.sql",
            "-- limosa: online\n\nALTER TABLE visit ADD COLUMN name text;\nCREATE INDEX visit_name ON visit (name);\n\
             ALTER TABLE visit CLUSTER ON visit_name;\nCREATE STATISTICS visit_two ON n, name FROM visit;\n\
             COMMENT ON STATISTICS visit_two IS 'two';\nCOMMENT ON STATISTICS visit_both IS 'both';\n",
        );
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let after = kept(database);
        for it in ["visit_name|true", "visit_two|two", "visit_both|both"] {
            assert!(after.contains(&it.to_owned()), "{it} in {after:?}");
        }
    });
}

#[test]
fn a_type_comes_back_before_the_views_that_read_it() {
    on_servers(|database| {
        for up in [
            "ALTER TABLE visit ALTER COLUMN n TYPE bigint;\nALTER TABLE visit DROP COLUMN f CASCADE;\n",
            "ALTER TABLE visit DROP COLUMN f CASCADE;\nALTER TABLE visit ALTER COLUMN n TYPE bigint;\n",
            "ALTER TABLE visit RENAME COLUMN n TO m;\nALTER TABLE visit DROP COLUMN f CASCADE;\n",
            "ALTER TABLE visit ALTER COLUMN name TYPE varchar(20);\nDROP VIEW dear;\nDROP VIEW seen;\n",
            "ALTER TABLE visit ALTER COLUMN name TYPE varchar;\nDROP VIEW seen CASCADE;\n",
        ] {
            let project = begun(database, up);
            let before = kept(database);
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            project.limosa("down").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(kept(database), before, "{up}");
            project.limosa("drift").exits(0);
        }
    });
}
