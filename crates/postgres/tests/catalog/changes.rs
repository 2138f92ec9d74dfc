//! Statements that change a schema change its fingerprint, and others do not.

use std::fs;

use limosa_catalog::Catalog;
use limosa_testkit::servers;

use crate::{Loaded, catalog, folder};

#[tokio::test]
async fn each_statement_that_changes_the_schema_changes_the_fingerprint() {
    let text = fs::read_to_string(folder().join("changes/statements.sql")).unwrap();
    let (schema, statements) = text.split_once("-- changes\n").unwrap();
    let (changes, others) = statements.split_once("-- no changes\n").unwrap();
    for server in servers() {
        let major = server.major().number();
        let database = Loaded::new(&server, schema);
        let is_for = |line: &&str| {
            let first = line.rsplit_once("--").and_then(|(_, mark)| mark.strip_suffix('+')?.parse::<u16>().ok());
            first.is_none_or(|first| first <= major)
        };
        let mut before = catalog(&database).await;
        let mut stale = Vec::new();
        for statement in changes.lines().filter(is_for) {
            database.execute(statement);
            let after = catalog(&database).await;
            if after.fingerprint() == before.fingerprint() {
                stale.push(statement);
            }
            before = after;
        }
        assert!(stale.is_empty(), "PostgreSQL {major}: nothing is seen of\n  {}", stale.join("\n  "));
        for statement in others.lines() {
            database.execute(statement);
            assert_eq!(catalog(&database).await.fingerprint(), before.fingerprint(), "{major}: {statement}");
        }
    }
}

/// An object under another name keeps its hash, by which it can be found again; what is around it does not.
#[tokio::test]
async fn a_renamed_object_keeps_its_hash() {
    let sql = "CREATE TABLE visit (id int NOT NULL, body text DEFAULT 'x', CONSTRAINT positive CHECK (id > 0));
               COMMENT ON COLUMN visit.body IS 'text'; GRANT SELECT ON visit TO PUBLIC; CREATE INDEX i ON visit (id);
               CREATE TYPE mood AS ENUM ('sad')";
    let server = servers().remove(0);
    let database = Loaded::new(&server, sql);
    let hash_of = |catalog: &Catalog, words: &str| {
        let entry = catalog.iter().find(|entry| entry.id().to_string() == words);
        entry.unwrap_or_else(|| panic!("{words} is not there")).tree_hash()
    };
    let before = catalog(&database).await;
    database.execute("ALTER TYPE mood RENAME TO temper; ALTER TABLE visit RENAME COLUMN body TO words");
    let after = catalog(&database).await;
    assert_eq!(hash_of(&before, "enum type public.mood"), hash_of(&after, "enum type public.temper"));
    assert_eq!(hash_of(&before, "column public.visit.body"), hash_of(&after, "column public.visit.words"));
    assert_ne!(hash_of(&before, "table public.visit"), hash_of(&after, "table public.visit"));
    // An index names its table, and so do dependents in general: their hashes are not the same.
    database.execute("DROP INDEX i; ALTER TABLE visit RENAME COLUMN words TO body");
    let before = catalog(&database).await;
    database.execute("ALTER TABLE visit RENAME TO consultation");
    let after = catalog(&database).await;
    assert_eq!(hash_of(&before, "table public.visit"), hash_of(&after, "table public.consultation"));
    assert_ne!(hash_of(&before, "schema public"), hash_of(&after, "schema public"));
}
