//! Migrations of every kind, each leaving a trace that tells how often it ran.

use crate::database::Target;
use crate::project::{Migration, Project};

/// Each migration that can writes its number into `ledger`, once for every transaction that it consists of.
pub(crate) const MIGRATIONS: [Migration<'static>; 8] = [
    (
        "0001_tables",
        "CREATE TABLE ledger (migration text NOT NULL);
         CREATE TYPE mood AS ENUM ('calm');
         CREATE TABLE item (id int NOT NULL, label text, mood mood);
         CREATE MATERIALIZED VIEW labels AS SELECT id, label FROM item;
         CREATE UNIQUE INDEX labels_id ON labels (id);
         CREATE TABLE visit (at date NOT NULL) PARTITION BY RANGE (at);
         CREATE TABLE visit_2024 PARTITION OF visit FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
         INSERT INTO ledger VALUES ('0001');",
        "DROP TABLE visit; DROP TABLE IF EXISTS visit_2024; DROP MATERIALIZED VIEW labels; DROP TABLE item;
         DROP TYPE mood; DROP TABLE ledger;",
    ),
    (
        "0002_copy",
        "COPY item (id, label) FROM stdin;\n1\tone\n2\ttwo\n3\tthree\n\\.\nINSERT INTO ledger VALUES ('0002');",
        "DELETE FROM item; DELETE FROM ledger WHERE migration = '0002';",
    ),
    (
        "0003_index",
        "CREATE INDEX CONCURRENTLY item_label ON item (label);\nINSERT INTO ledger VALUES ('0003');",
        "DELETE FROM ledger WHERE migration = '0003';\nDROP INDEX CONCURRENTLY item_label;",
    ),
    (
        "0004_enum_value",
        "ALTER TYPE mood ADD VALUE 'merry';\nUPDATE item SET mood = 'merry';\nINSERT INTO ledger VALUES ('0004');",
        "UPDATE item SET mood = NULL;\nDELETE FROM ledger WHERE migration = '0004';
         ALTER TABLE item ALTER mood TYPE text; DROP TYPE mood; CREATE TYPE mood AS ENUM ('calm');
         ALTER TABLE item ALTER mood TYPE mood USING mood::mood;",
    ),
    (
        "0005_vacuum",
        "INSERT INTO ledger VALUES ('0005');\nVACUUM item;\nANALYZE item;\nINSERT INTO ledger VALUES ('0005');",
        "VACUUM item;\nDELETE FROM ledger WHERE migration = '0005';",
    ),
    (
        "0006_own_transactions",
        "BEGIN;\nINSERT INTO ledger VALUES ('0006');\nCOMMIT;\nBEGIN ISOLATION LEVEL REPEATABLE READ;
         INSERT INTO ledger VALUES ('0006');\nCOMMIT;",
        "DELETE FROM ledger WHERE migration = '0006';",
    ),
    (
        "0007_maintenance",
        "INSERT INTO ledger VALUES ('0007');
         REINDEX INDEX CONCURRENTLY item_label;
         REFRESH MATERIALIZED VIEW CONCURRENTLY labels;
         DROP INDEX CONCURRENTLY item_label;
         CREATE UNIQUE INDEX CONCURRENTLY item_label ON item (label);",
        "DELETE FROM ledger WHERE migration = '0007';",
    ),
    (
        "0008_detach",
        "ALTER TABLE visit DETACH PARTITION visit_2024 CONCURRENTLY;\nINSERT INTO ledger VALUES ('0008');",
        "ALTER TABLE visit ATTACH PARTITION visit_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
         DELETE FROM ledger WHERE migration = '0008';",
    ),
];

/// What the ledger holds when all are in effect.
const LEDGER: [&str; 10] = ["0001", "0002", "0003", "0004", "0005", "0005", "0006", "0006", "0007", "0008"];

/// A project with all of them.
pub(crate) fn project(url: &str) -> Project {
    Project::new(url, "", &MIGRATIONS)
}

/// Everything ran, and nothing twice.
pub(crate) fn all_must_be_in_effect(target: &Target<'_>) {
    assert_eq!(target.applied(), versions());
    assert_eq!(target.column("SELECT migration FROM ledger ORDER BY migration"), LEDGER);
    assert_eq!(target.column("SELECT label FROM item ORDER BY id"), ["one", "two", "three"]);
    assert_eq!(target.column("SELECT DISTINCT mood FROM item"), ["merry"]);
    assert_eq!(target.column("SELECT id FROM labels ORDER BY id"), ["1", "2", "3"]);
    assert_eq!(
        target.column(
            "SELECT indexrelid::regclass || ' ' || indisunique || indisvalid FROM pg_index \
                       WHERE indrelid = 'item'::regclass"
        ),
        ["item_label truetrue"]
    );
    assert!(target.holds("NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'visit'::regclass)"), "still attached");
    assert!(target.holds("NOT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)"), "an invalid index is left");
    target.chain_must_hold();
}

/// Nothing is left.
pub(crate) fn none_must_be_in_effect(target: &Target<'_>) {
    assert_eq!(target.applied(), Vec::<String>::new());
    let left = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    assert_eq!(target.column(left), Vec::<String>::new(), "left over");
    assert!(target.holds("to_regtype('mood') IS NULL"), "the type is left");
    target.chain_must_hold();
}

pub(crate) fn versions() -> Vec<String> {
    MIGRATIONS.iter().map(|(name, ..)| name[..4].to_owned()).collect()
}

/// Between any two migrations and, of one that consists of several transactions, between any two of those: what the
/// history says is in effect is in effect, what it does not know is not, and nothing is there twice.
pub(crate) fn never_between(target: &Target<'_>) {
    target.chain_must_hold();
    let ledger = if target.holds("to_regclass('ledger') IS NULL") {
        Vec::new()
    } else {
        target.column("SELECT migration FROM ledger ORDER BY migration")
    };
    let applied = target.applied();
    let begun = if target.holds("to_regclass('limosa.migration') IS NULL") {
        Vec::new()
    } else {
        target.column("SELECT version FROM limosa.migration WHERE state <> 'applied'")
    };
    assert!(begun.len() <= 1, "more than one migration is under way: {begun:?}");
    for version in versions() {
        let rows = ledger.iter().filter(|row| **row == version).count();
        let whole = LEDGER.iter().filter(|row| **row == version).count();
        let allowed = if applied.contains(&version) {
            whole..=whole
        } else if begun.contains(&version) {
            0..=whole
        } else {
            0..=0
        };
        assert!(allowed.contains(&rows), "{version}: {rows} rows, applied {applied:?}, under way {begun:?}");
    }
    if ledger.iter().any(|row| row == "0002") {
        assert_eq!(target.value("SELECT count(*) FROM item"), "3", "copied once");
    }
}
