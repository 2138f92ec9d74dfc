//! Statements about what another statement leaves to contract, of the same online change and of later migrations: each
//! has the effect in the end that it has without `online`, or is refused before anything changes.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE visit (
    id int PRIMARY KEY, n int NOT NULL DEFAULT 0, a text, b text, m mood DEFAULT 'a',
    CONSTRAINT positive CHECK (n >= 0), CONSTRAINT one UNIQUE (n)
);
CREATE TABLE other (id int PRIMARY KEY, visit int CONSTRAINT of_visit REFERENCES visit);
CREATE INDEX visit_a_idx ON visit (a);
INSERT INTO visit SELECT i, i, 'a' || i, 'b' || i FROM generate_series(1, 300) i;
";

/// Columns, constraints, indexes and comments of the tables, each as a line, whatever their order.
const SHAPE: &str = "
SELECT c.oid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
    || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '') || coalesce(' ' || a.attacl::text, '')
    || coalesce(' ' || col_description(c.oid, a.attnum), '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname <> 'limosa'
UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    || coalesce(' ' || obj_description(oid, 'pg_constraint'), '')
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT relname || ' ' || coalesce(relacl::text, '') || coalesce(' ' || obj_description(oid, 'pg_class'), '')
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
ORDER BY 1";

/// A project with its first migration applied, and this as its second.
fn begun(database: &Database, head: &str, change: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("{head}{change}"));
    project
}

/// What a migration comes to online, there and back, is what it comes to by itself.
fn comes_to_the_same(change: &str) {
    on_servers(|database| {
        let plain = database.server().fresh_database();
        begun(&plain, "", change).limosa("up --allow drift").exits(0);
        let project = begun(database, "-- limosa: online\n\n", change);
        let before = rows(database, SHAPE);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, SHAPE), rows(&plain, SHAPE), "after {change}");
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, SHAPE), before, "after the way back of {change}");
    });
}

#[test]
fn a_default_that_is_set_behind_a_change_stays_set() {
    comes_to_the_same(
        "ALTER TABLE visit ALTER m DROP DEFAULT;\nALTER TABLE visit ALTER m TYPE text USING m::text;\n\
         ALTER TABLE visit ALTER m SET DEFAULT 'z';\n",
    );
    comes_to_the_same("ALTER TABLE visit ALTER n DROP DEFAULT;\nALTER TABLE visit ALTER n SET DEFAULT 3;\n");
    comes_to_the_same("ALTER TABLE visit ALTER n TYPE bigint;\nALTER TABLE visit ALTER n SET DEFAULT 7;\n");
    comes_to_the_same("ALTER TABLE visit ALTER n SET DEFAULT 7;\nALTER TABLE visit ALTER n TYPE bigint;\n");
}

#[test]
fn what_has_a_default_becomes_numbered_when_that_is_gone() {
    comes_to_the_same(
        "ALTER TABLE visit ALTER n DROP DEFAULT;\nALTER TABLE visit ALTER n ADD GENERATED ALWAYS AS IDENTITY;\n",
    );
}

#[test]
fn a_type_goes_when_no_column_is_of_it_any_more() {
    comes_to_the_same(
        "ALTER TABLE visit ALTER m DROP DEFAULT;\nALTER TABLE visit ALTER m TYPE text USING m::text;\n\
         DROP TYPE mood;\n",
    );
}

#[test]
fn a_column_gets_a_type_that_the_same_migration_makes() {
    comes_to_the_same(
        "CREATE TYPE kind AS ENUM ('a', 'b', 'c');\nALTER TABLE visit ALTER m DROP DEFAULT;\n\
         -- limosa: back m::text::mood\nALTER TABLE visit ALTER m TYPE kind USING m::text::kind;\n\
         ALTER TABLE visit ALTER m SET DEFAULT 'c';\n",
    );
    on_servers(|database| {
        let project = begun(
            database,
            "-- limosa: online\n\n",
            "CREATE TYPE kind AS ENUM ('a1', 'a2');\nALTER TABLE visit ALTER a TYPE kind USING a::kind;\n",
        );
        project.limosa("up").fails().says("fails for 298 rows of visit").says("id = 3: invalid input value for enum");
        assert_eq!(rows(database, "SELECT to_regtype('kind')"), ["NULL"], "what was asked leaves nothing");
    });
}

#[test]
fn what_is_dropped_before_is_not_built_anew() {
    on_servers(|database| {
        for (change, gone) in [
            (
                "DROP INDEX visit_a_idx;\nALTER TABLE visit ALTER a TYPE varchar(10);\n",
                "SELECT to_regclass('visit_a_idx') IS NULL",
            ),
            (
                "ALTER TABLE visit DROP CONSTRAINT positive;\nALTER TABLE visit ALTER n TYPE text;\n",
                "SELECT NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'positive')",
            ),
        ] {
            let database = database.server().fresh_database();
            let project = begun(&database, "-- limosa: online\n\n", change);
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(rows(&database, gone), ["t"], "after {change}");
        }
    });
}

#[test]
fn what_is_dropped_before_comes_back_once() {
    comes_to_the_same("DROP INDEX visit_a_idx;\n-- limosa: allow deletes-data\nALTER TABLE visit DROP COLUMN a;\n");
    comes_to_the_same(
        "ALTER TABLE other DROP CONSTRAINT of_visit;\n-- limosa: allow deletes-data\n\
         ALTER TABLE other DROP COLUMN visit;\n-- limosa: allow deletes-data\n\
         ALTER TABLE visit DROP CONSTRAINT positive, DROP COLUMN b;\n",
    );
}

#[test]
fn remarks_and_privileges_outlive_the_contract() {
    on_servers(|database| {
        for (change, found) in [
            (
                "ALTER TABLE visit RENAME COLUMN a TO c;\nCOMMENT ON COLUMN visit.c IS 'said';\n\
                 GRANT SELECT (c) ON visit TO PUBLIC;\n",
                "SELECT col_description(attrelid, attnum), attacl::text LIKE '%=r/%' FROM pg_attribute
                 WHERE attrelid = 'visit'::regclass AND attname = 'c'",
            ),
            (
                "ALTER TABLE visit ALTER n TYPE bigint;\nCOMMENT ON COLUMN visit.n IS 'said';\n\
                 GRANT SELECT (n) ON visit TO PUBLIC;\n",
                "SELECT col_description(attrelid, attnum), attacl::text LIKE '%=r/%' FROM pg_attribute
                 WHERE attrelid = 'visit'::regclass AND attname = 'n'",
            ),
            (
                "ALTER TABLE other RENAME TO stay;\nCOMMENT ON TABLE stay IS 'said';\n\
                 GRANT SELECT ON stay TO PUBLIC;\n",
                "SELECT obj_description(oid, 'pg_class'), relacl::text LIKE '%=r/%' FROM pg_class
                 WHERE relname = 'stay' AND relkind = 'r'",
            ),
            (
                "ALTER TYPE mood RENAME VALUE 'a' TO 'z';\nALTER TABLE visit ALTER m SET DEFAULT 'z';\n",
                "SELECT CASE pg_get_expr(adbin, adrelid) WHEN '''z''::mood' THEN 'said' END, true FROM pg_attrdef
                 WHERE adrelid = 'visit'::regclass AND pg_get_expr(adbin, adrelid) LIKE '%mood'",
            ),
            (
                "ALTER TABLE visit RENAME CONSTRAINT positive TO plus;\n\
                 COMMENT ON CONSTRAINT plus ON visit IS 'said';\n",
                "SELECT obj_description(oid, 'pg_constraint'), true FROM pg_constraint WHERE conname = 'plus'",
            ),
        ] {
            let database = database.server().fresh_database();
            let project = begun(&database, "-- limosa: online\n\n", change);
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(rows(&database, found), ["said|t"], "after {change}");
        }
    });
}

#[test]
fn what_contract_would_not_get_past_is_refused_before_anything_changes() {
    on_servers(|database| {
        for (change, says) in [
            ("ALTER TABLE visit ALTER n DROP NOT NULL;\nALTER TABLE visit ALTER n SET NOT NULL;\n", "lets n be null"),
            (
                "ALTER TABLE other RENAME TO stay;\nCREATE TABLE kin (stay int REFERENCES stay (id));\n",
                "stay is called so with contract",
            ),
            (
                "ALTER TABLE visit RENAME COLUMN n TO number;\nCREATE TABLE kin (n int REFERENCES visit (number));\n",
                "number is called so with contract",
            ),
            ("ALTER TYPE mood RENAME TO temper;\nALTER TABLE visit ADD COLUMN t temper;\n", "temper is a domain"),
        ] {
            let database = database.server().fresh_database();
            let project = begun(&database, "-- limosa: online\n\n", change);
            project.limosa("up").fails().says(says).says("a migration of its own");
            assert_eq!(rows(&database, "SELECT count(*) FROM limosa.online"), ["0"], "after {change}");
        }
    });
}

#[test]
fn a_later_migration_that_contract_would_undo_waits_for_it() {
    on_servers(|database| {
        for (change, later) in [
            ("ALTER TABLE visit ALTER n TYPE bigint;\n", "REVOKE SELECT (n) ON visit FROM PUBLIC;\n"),
            ("ALTER TABLE visit ALTER n TYPE bigint;\n", "ALTER TABLE visit ALTER n DROP NOT NULL;\n"),
            ("ALTER TABLE visit ALTER n TYPE bigint;\n", "COMMENT ON COLUMN visit.n IS 'number';\n"),
            ("ALTER TABLE visit ALTER n TYPE bigint;\n", "ALTER TABLE visit DROP CONSTRAINT positive;\n"),
            ("ALTER TABLE visit ALTER a TYPE varchar(10);\n", "DROP INDEX visit_a_idx;\n"),
            ("ALTER TABLE visit RENAME COLUMN a TO c;\n", "GRANT SELECT (c) ON visit TO PUBLIC;\n"),
            ("ALTER TABLE visit RENAME COLUMN a TO c;\n", "ALTER TABLE visit ALTER c SET STATISTICS 7;\n"),
            ("ALTER TABLE other RENAME TO stay;\n", "GRANT SELECT ON stay TO PUBLIC;\n"),
            ("ALTER TABLE visit ALTER n DROP DEFAULT;\n", "ALTER TABLE visit ALTER n SET DEFAULT 3;\n"),
            (
                "ALTER TABLE visit DROP CONSTRAINT positive;\n",
                "ALTER TABLE visit RENAME CONSTRAINT positive TO plus;\n",
            ),
            ("ALTER TYPE mood RENAME VALUE 'a' TO 'z';\n", "ALTER TYPE mood RENAME VALUE 'a' TO 'y';\n"),
        ] {
            let database = database.server().fresh_database();
            let project = begun(&database, "-- limosa: online\n\n", change);
            project.limosa("up").exits(0);
            project.write("migrations/003_later.sql", later);
            project.limosa("up").fails().says("open-change").says("limosa contract 002");
            project.limosa("contract --quiet-window 50ms").exits(0);
        }
    });
}

#[test]
fn a_later_online_migration_that_contract_would_undo_waits_for_it_too() {
    on_servers(|database| {
        for (change, later) in [
            ("ALTER TABLE visit ALTER n DROP DEFAULT;\n", "ALTER TABLE visit ALTER n SET DEFAULT 5;\n"),
            ("ALTER TABLE visit DROP CONSTRAINT one;\n", "ALTER TABLE visit RENAME CONSTRAINT one TO two;\n"),
            ("DROP INDEX visit_a_idx;\n", "ALTER INDEX visit_a_idx RENAME TO visit_idx;\n"),
            ("ALTER TYPE mood RENAME VALUE 'a' TO 'z';\n", "ALTER TYPE mood RENAME VALUE 'a' TO 'y';\n"),
            ("ALTER TYPE mood RENAME TO state;\n", "ALTER TABLE visit ADD COLUMN o state;\n"),
        ] {
            let database = database.server().fresh_database();
            let project = begun(&database, "-- limosa: online\n\n", change);
            project.limosa("up").exits(0);
            project.write("migrations/003_later.sql", format!("-- limosa: online\n\n{later}"));
            for verb in ["plan", "up"] {
                project.limosa(verb).fails().says("open-change").says("limosa contract 002").says("003_later.sql:3");
            }
            // What it is about is left alone, and nothing else waits.
            project.write("migrations/003_later.sql", "-- limosa: online\n\nALTER TABLE visit ADD COLUMN o int;\n");
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms 002").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
        }
    });
}

#[test]
fn the_new_name_of_a_type_waits_for_its_contract() {
    on_servers(|database| {
        let project = begun(database, "-- limosa: online\n\n", "ALTER TYPE mood RENAME TO state;\n");
        project.limosa("up").exits(0);
        for plain in ["CREATE TABLE third (id int PRIMARY KEY, o state);\n", "DROP TYPE mood;\n"] {
            project.write("migrations/003_later.sql", plain);
            project.limosa("up --allow drift").fails().says("open-change").says("limosa contract 002");
        }
        project.write("migrations/003_later.sql", "INSERT INTO visit (id, n, m) VALUES (0, 0, 'b'::state);\n");
        project.limosa("up --allow drift").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.write("migrations/004_third.sql", "CREATE TABLE third (id int PRIMARY KEY, o state);\n");
        project.limosa("up").exits(0);
    });
}
