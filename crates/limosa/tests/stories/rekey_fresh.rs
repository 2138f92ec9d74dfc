//! A key whose rows are made by migrations: on a fresh database they get new ids on the way.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;
use crate::rekey::{GRAPH, REKEY, ROWS, one};

/// A migration that makes tables with rows, and one that changes the key.
fn written(database: &Database, tables: &str, rekey: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", tables);
    project.limosa("up").exits(0);
    project.limosa(rekey).exits(0);
    project
}

#[test]
fn rows_that_migrations_make_get_new_ids_in_shadows_and_on_fresh_databases() {
    on_servers(|database| {
        let project = written(database, &format!("{GRAPH}{ROWS}"), REKEY);
        project.limosa("check --skip live").exits(0);
        let fresh = database.server().fresh_database();
        let on_fresh = |words: &str| project.limosa(&format!("{words} --url {}", fresh.url()));
        let up = on_fresh("up").exits(0);
        assert!(up.stderr.contains("nobody is at work in this database yet"), "{}", up.stderr);
        let status = on_fresh("status").exits(0);
        assert!(status.stdout.contains("up to date"), "{}", status.stdout);
        let count = |sql: &str| one(&fresh, sql);
        assert_eq!(count("SELECT count(*) FROM client WHERE length(id) = 8"), "400");
        assert_eq!(count("SELECT count(*) FROM client c JOIN client p ON p.id = c.parent_id"), "399");
        for referring in ["visit", "invoice", "letter", "event"] {
            let rows = count(&format!("SELECT count(*) FROM {referring} WHERE client_id IS NOT NULL"));
            assert_eq!(count(&format!("SELECT count(*) FROM {referring} JOIN client c ON c.id = client_id")), rows);
        }
        let noted = "SELECT count(*) FROM note JOIN client c ON c.id = subject_id AND c.id = team[1] \
                     AND c.id = payload #>> '{client,id}'";
        assert_eq!(count(noted), "400");
        // The way back is taken as on any other database that is in use.
        on_fresh("down").exits(0);
        on_fresh("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(&fresh, "SELECT pg_typeof(id) FROM client LIMIT 1"), ["uuid"]);
        assert_eq!(count("SELECT count(*) FROM visit JOIN client c ON c.id = client_id"), "1200");
    });
}

#[test]
fn views_keep_their_columns_names_when_the_key_gets_another_one() {
    on_servers(|database| {
        let tables = "CREATE TABLE practice (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);\n\
             CREATE TABLE site (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), \
             practice_id uuid NOT NULL REFERENCES practice);\n\
             CREATE VIEW sites AS SELECT site.id, site.practice_id, p.name, p.id AS of FROM site \
             JOIN practice p ON p.id = site.practice_id WHERE p.id IN (SELECT id FROM practice);\n\
             CREATE VIEW named AS SELECT DISTINCT id, name FROM practice;\n\
             INSERT INTO practice (name) VALUES ('a'), ('b');\n\
             INSERT INTO site (practice_id) SELECT id FROM practice;\n";
        let rekey = "rekey practice.id --to 'varchar(8)' --generate alnum:8 --as practice_id --name change_id";
        let project = written(database, tables, rekey);
        project.limosa("check --skip live").exits(0);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let columns = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute \
                       WHERE attrelid = 'sites'::regclass AND attnum > 0";
        assert_eq!(one(database, columns), "id practice_id name of");
        assert_eq!(rows(database, "SELECT name FROM sites WHERE length(practice_id) = 8 ORDER BY name"), ["a", "b"]);
        assert_eq!(rows(database, "SELECT name FROM named WHERE length(id) = 8 ORDER BY name"), ["a", "b"]);
        project.limosa("drift").exits(0);
    });
}
