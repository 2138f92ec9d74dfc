//! What partitions have by themselves, while a column of the whole changes: other defaults, indexes and rules of their
//! own, and partitions that are taken off meanwhile.

use limosa_testkit::{Database, schema_dump};

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE visit (id bigint, n int NOT NULL DEFAULT 1, name text DEFAULT 'x', k int, o int DEFAULT 9)
    PARTITION BY RANGE (id);
CREATE TABLE early PARTITION OF visit FOR VALUES FROM (0) TO (100);
CREATE TABLE late PARTITION OF visit FOR VALUES FROM (100) TO (200);
CREATE TABLE last PARTITION OF visit FOR VALUES FROM (200) TO (300) PARTITION BY RANGE (id);
CREATE TABLE last_of_all PARTITION OF last FOR VALUES FROM (200) TO (300);
ALTER TABLE early ALTER COLUMN n DROP DEFAULT;
ALTER TABLE last_of_all ALTER COLUMN n DROP DEFAULT;
ALTER TABLE ONLY last ALTER COLUMN o DROP DEFAULT;
ALTER TABLE late ALTER COLUMN name SET DEFAULT 'y', ALTER COLUMN k SET DEFAULT 5;
CREATE INDEX early_name ON early (name);
ALTER TABLE early ADD CONSTRAINT early_short CHECK (length(name) < 10);
CREATE STATISTICS early_both ON name, k FROM early;
COMMENT ON INDEX early_name IS 'one alone';
INSERT INTO visit (id) VALUES (1), (101), (201);
";

/// A project with its first migration applied and this as its second.
fn begun(database: &Database, up: &str) -> Project {
    database.execute("DROP SCHEMA IF EXISTS limosa, public CASCADE; CREATE SCHEMA public");
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
    project
}

/// What partitions have, each thing in a row.
fn kept(database: &Database) -> Vec<String> {
    rows(
        database,
        "SELECT adrelid::regclass::text AS of, attname || ' ' || pg_get_expr(adbin, adrelid) AS is FROM pg_attrdef \
         JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum \
         WHERE adrelid IN (SELECT relid FROM pg_partition_tree('visit')) \
         UNION ALL SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid) || obj_description(indexrelid) \
         FROM pg_index WHERE indrelid IN (SELECT relid FROM pg_partition_tree('visit')) \
         UNION ALL SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
         WHERE conrelid IN (SELECT relid FROM pg_partition_tree('visit')) AND contype = 'c' \
         UNION ALL SELECT stxrelid::regclass::text, pg_get_statisticsobjdef(oid) FROM pg_statistic_ext ORDER BY 1, 2",
    )
}

/// Where a change leaves them as they were: behind an abort where it was open, and behind its way back.
fn comes_back(database: &Database, up: &str, abort: bool) {
    let project = begun(database, up);
    let (before, dumped) = (kept(database), dump(database));
    if abort {
        project.limosa("up").exits(0);
        project.limosa("abort 002").exits(0);
        assert_eq!(kept(database), before, "{up}: after the abort");
        assert_eq!(dump(database), dumped, "{up}: after the abort");
    }
    project.limosa("up").exits(0);
    project.limosa("contract --quiet-window 50ms").exits(0);
    project.limosa("down").exits(0);
    project.limosa("contract --quiet-window 50ms").exits(0);
    let after = kept(database);
    assert_eq!(after.len(), before.len(), "{up}: {after:?}");
    for it in before {
        // Columns of statistics are in the order of the table's.
        assert!(after.contains(&it) || it.contains("STATISTICS"), "{up}: {it} in {after:?}");
    }
    project.limosa("drift").exits(0);
}

fn dump(database: &Database) -> Option<Vec<String>> {
    schema_dump(database.server().major(), database.url(), &["limosa"]).unwrap()
}

#[test]
fn what_partitions_have_by_themselves_comes_back() {
    on_servers(|database| {
        for up in [
            "ALTER TABLE visit RENAME COLUMN n TO m;\n",
            "ALTER TABLE visit ALTER COLUMN n TYPE bigint;\n",
            "-- limosa: back 3\nALTER TABLE visit DROP COLUMN n;\n",
            "ALTER TABLE visit DROP COLUMN name;\n",
            "ALTER TABLE visit DROP COLUMN o;\n",
            "ALTER TABLE visit ALTER COLUMN name DROP DEFAULT;\n",
            "ALTER TABLE early DROP CONSTRAINT early_short;\nALTER TABLE visit DROP COLUMN name;\n",
        ] {
            comes_back(database, up, true);
        }
        for column in ["n", "name", "k"] {
            comes_back(database, &format!("ALTER TABLE visit ALTER COLUMN {column} SET DEFAULT '7';\n"), false);
        }
        // Behind something that waits for contract, it is taken back as long as it is open.
        let up = "ALTER TABLE visit ALTER COLUMN name SET DEFAULT 'z';\nALTER TABLE visit DROP COLUMN n;\n";
        comes_back(database, up, true);
    });
}

#[test]
fn what_a_partition_would_lose_is_refused() {
    on_servers(|database| {
        for (up, said) in [
            ("ALTER TABLE visit RENAME COLUMN name TO title;\n", "late has a default of its own for name"),
            ("ALTER TABLE visit ALTER COLUMN k TYPE bigint;\n", "late has a default of its own for k"),
            ("-- limosa: back 'b'\nALTER TABLE visit DROP COLUMN name;\n", "late has a default of its own for name"),
        ] {
            let project = begun(database, up);
            project.limosa("plan").fails().says(said);
            project.limosa("up").fails().says(said).says("SET DEFAULT");
        }
        let alike = "ALTER TABLE late ALTER COLUMN name SET DEFAULT 'x', ALTER COLUMN k DROP DEFAULT;\n";
        let project = begun(database, alike);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.write(
            "migrations/003_type.sql",
            "-- limosa: online\n\nALTER TABLE visit ALTER COLUMN name TYPE varchar(40);\n",
        );
        project.limosa("up").fails().says("one partition has it alone");
        project.write(
            "migrations/003_type.sql",
            "-- limosa: online\n\nALTER TABLE visit ALTER COLUMN n TYPE bigint;\nCREATE INDEX ON early (n);\n",
        );
        project.limosa("up").fails().says("n is changed by a statement before");
    });
}

#[test]
fn a_partition_that_is_taken_off_meanwhile_is_told_and_cleared() {
    on_servers(|database| {
        let columns = "SELECT attname || coalesce(' ' || pg_get_expr(adbin, adrelid), '') FROM pg_attribute \
                       LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum \
                       WHERE attrelid = 'late'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
        for (up, copy) in [
            ("ALTER TABLE visit RENAME COLUMN n TO m;\n", "m"),
            ("ALTER TABLE visit ALTER COLUMN n TYPE bigint;\n", "limosa_"),
            ("-- limosa: forward n + 1\nALTER TABLE visit ADD COLUMN more int;\n", "more"),
        ] {
            let project = begun(database, up);
            let before = rows(database, columns);
            project.limosa("up").exits(0);
            database.execute("ALTER TABLE visit DETACH PARTITION late");
            if copy != "more" {
                let refused = project.limosa("contract --quiet-window 50ms").fails();
                refused.says("a partition of visit was taken off").says("late").says(copy);
            }
            project.limosa("abort 002").exits(0);
            assert_eq!(rows(database, columns), before, "{up}");
            assert_eq!(rows(database, "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'late'::regclass"), ["0"]);
        }
        // It is attached again.
        let project = begun(database, "ALTER TABLE visit RENAME COLUMN n TO m;\n");
        project.limosa("up").exits(0);
        database.execute("ALTER TABLE visit DETACH PARTITION late");
        database.execute("INSERT INTO late (id, n, m) VALUES (102, 4, 4)");
        database.execute("ALTER TABLE visit ATTACH PARTITION late FOR VALUES FROM (100) TO (200)");
        project.limosa("contract --quiet-window 50ms").exits(0);
        // Or does without the copy.
        let project = begun(database, "ALTER TABLE visit RENAME COLUMN n TO m;\n");
        project.limosa("up").exits(0);
        database.execute("ALTER TABLE visit DETACH PARTITION late; ALTER TABLE late DROP COLUMN m");
        project.limosa("contract --quiet-window 50ms").exits(0);
    });
}
