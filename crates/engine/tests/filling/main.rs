//! Rows that are made for schemas whose constraints ask for something, on real servers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;

use limosa_engine::{FilledTable, fill_tables};
use limosa_postgres::{ClientContext, ConnectionSettings, Session};
use limosa_testkit::{Connection, Database, server, servers};

const ROWS: u64 = 300;

fn filled(database: &Database, rows: u64) -> BTreeMap<String, FilledTable> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let settings = ConnectionSettings::resolve(database.url(), &ClientContext::default()).unwrap();
        let session = Session::connect(&settings).await.unwrap();
        let catalog = session.catalog(&[]).await.unwrap();
        let filled = fill_tables(&session, &catalog, rows).await.unwrap();
        session.close().await;
        filled.into_iter().map(|table| (table.table.name.as_str().to_owned(), table)).collect()
    })
}

#[test]
fn every_table_gets_rows_that_satisfy_its_constraints() {
    for server in servers() {
        let database = server.fresh_database();
        let connection = Connection::open(database.url());
        connection.execute(include_str!("schema.sql"));
        let filled = filled(&database, ROWS);
        for (name, table) in &filled {
            assert_eq!(table.shortfall, None, "{name} on {}", server.major());
            let expected = match name.as_str() {
                // What is unique has no more values.
                "few" => 2..=2,
                // Each but the last has a greater one.
                "pair" => ROWS - 1..=ROWS,
                // With the derived rows; with those from before, of which some took a key.
                "base" => 2 * ROWS..=2 * ROWS,
                "seeded" => ROWS..=ROWS + 2,
                _ => ROWS..=ROWS,
            };
            assert!(expected.contains(&table.rows), "{name} has {} rows on {}", table.rows, server.major());
        }
        // Foreign keys are not looked at while rows are made; each is looked at now.
        let violated = connection.execute(
            "DO $$ DECLARE key record; BEGIN
               FOR key IN SELECT conrelid::regclass AS owner, conname, pg_get_constraintdef(oid) AS text
                          FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 LOOP
                 EXECUTE format('ALTER TABLE %s ADD CONSTRAINT again_%s %s', key.owner, key.conname, key.text);
               END LOOP;
             END $$",
        );
        assert!(violated.is_empty());
        let one = |sql: &str| connection.execute(sql)[0][0].clone().unwrap();
        assert_eq!(one("SELECT count(DISTINCT status) FROM checked"), "3", "values are taken in turn");
        assert_eq!(one("SELECT count(*) > 100 FROM by_range_1"), "t");
        assert_eq!(one("SELECT count(DISTINCT tableoid) FROM by_list"), "2");
        assert_eq!(one("SELECT count(parent_id) > 250 FROM tree"), "t", "references that wait are made in the end");
        assert_eq!(one("SELECT count(wife_id) > 250 FROM husband"), "t");
        assert_eq!(one("SELECT count(*) FROM named"), ROWS.to_string());
        assert_eq!(one("SHOW session_replication_role"), "origin");
    }
}

#[test]
fn what_gets_no_rows_is_told_with_the_reason() {
    let server = server();
    let database = server.fresh_database();
    Connection::open(database.url()).execute(
        "CREATE TABLE impossible (id int PRIMARY KEY, a int NOT NULL, CHECK (a > 3 AND a < 2));
         CREATE TABLE of_impossible (id int REFERENCES impossible NOT NULL);
         CREATE TABLE unpartitioned (id int) PARTITION BY RANGE (id);
         CREATE TABLE strange (id int PRIMARY KEY, snapshot pg_snapshot NOT NULL);
         CREATE TABLE egg (id int PRIMARY KEY, hen int NOT NULL);
         CREATE TABLE hen (id int PRIMARY KEY, egg int NOT NULL REFERENCES egg);
         ALTER TABLE egg ADD FOREIGN KEY (hen) REFERENCES hen;
         CREATE TABLE \"select\" (\"from\" text NOT NULL CHECK (\"from\" <> ''));",
    );
    let filled = filled(&database, 20);
    let reason = |name: &str| filled[name].shortfall.clone().unwrap_or_else(|| format!("{} rows", filled[name].rows));
    assert_eq!(reason("impossible"), "no values were found for a: ((a > 3) AND (a < 2))");
    assert_eq!(reason("of_impossible"), "it has to refer to public.impossible, which has no rows");
    assert_eq!(reason("unpartitioned"), "it has no partitions");
    assert_eq!(reason("strange"), "no values are known for column snapshot of type pg_snapshot");
    assert_eq!(reason("hen"), "its foreign keys lead around to tables that wait for it, and none of them may be null");
    assert_eq!(reason("select"), "20 rows");
}
