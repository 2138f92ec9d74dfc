//! `-- limosa: verify`: a migration that checks itself before it commits.

use limosa_testkit::Database;

use crate::place::Place;
use crate::place::{everywhere, on_servers};
use crate::project::Project;

fn project(place: &Place) -> Project {
    match place {
        Place::Server(database) => Project::on(database),
        Place::Embedded => Project::new().with("limosa.toml", "[project]\nname = \"clinic\"\n"),
    }
}

#[test]
fn a_migration_that_does_not_hold_what_it_verifies_is_rolled_back() {
    everywhere(|place| {
        let project = project(place)
            .with(
                "migrations/001_create_patient.sql",
                "CREATE TABLE patient (id int, name text);\n\
                 INSERT INTO patient VALUES (1, 'Ann'), (2, NULL), (3, '');\n\
                 -- limosa: verify\nSELECT id FROM patient WHERE id IS NULL;\n",
            )
            .with(
                "migrations/002_add_short.sql",
                "ALTER TABLE patient ADD short varchar(8);\nUPDATE patient SET short = left(name, 8);\n\
                 -- limosa: verify\nSELECT 1 WHERE false;\n-- names are needed\nSELECT id, name, short FROM patient\n\
                 WHERE coalesce(short, '') = '' ORDER BY id;\n",
            );
        let failed = project.limosa("up").exits(1);
        for line in [
            "002 add_short does not hold what it verifies",
            "002_add_short.sql:6:1",
            "must return no rows",
            "it returns 2 rows:",
            "id | name | short",
            "2  | NULL | NULL",
            "3  |      |",
            "002 add_short was rolled back; nothing of it is in effect",
        ] {
            assert!(failed.all().contains(line), "{line:?} is missing in {failed}");
        }
        let columns = "SELECT count(*) FROM pg_attribute WHERE attrelid = 'patient'::regclass AND attnum > 0";
        assert_eq!(place.query(&project, "clinic", columns), [[Some("2".to_owned())]]);
        let kinds = "SELECT string_agg(kind || coalesce(version, ''), ' ' ORDER BY seq) FROM limosa.event";
        assert_eq!(place.query(&project, "clinic", kinds), [[Some("up001 fail002".to_owned())]]);
        place.query(&project, "clinic", "UPDATE patient SET name = 'Bo' WHERE id > 1");
        project.limosa("up").exits(0).says("1 migration applied");
        project.limosa("status --check").exits(0);
    });
}

#[test]
fn what_verifies_can_change_nothing_and_its_own_mistakes_have_a_place() {
    on_servers(|database| {
        let verify = |text: &str| {
            Project::on(database).with(
                "migrations/001_a.sql",
                format!("CREATE TABLE a (id int);\nSET LOCAL search_path = public;\n-- limosa: verify\n{text}\n"),
            )
        };
        verify("SELECT nmae\nFROM a;").exits_with(2, &["001_a.sql:4:8", "column \"nmae\" does not exist"]);
        verify(
            "SELECT pg_catalog.set_config('search_path', 'nowhere', false) WHERE false; SELECT txid_current() WHERE \
                nextval('s') = 1;",
        )
        .exits_with(2, &["relation \"s\" does not exist"]);
        verify("DELETE FROM a;").exits_with(1, &["cannot verify anything", "001_a.sql:4:1"]);
        verify("").exits_with(1, &["no query follows"]);
        database.execute("CREATE TABLE log (x int)");
        database
            .execute("CREATE FUNCTION write() RETURNS int LANGUAGE sql AS 'INSERT INTO log VALUES (1) RETURNING 1'");
        verify("SELECT 1 WHERE write() = 2;").exits_with(2, &["read-only transaction"]);
        assert_eq!(database.execute("SELECT to_regclass('a')"), [[None]], "nothing was applied");
        // Deferred constraints are checked at the end as ever, and may lock rows for it.
        Project::on(database)
            .with(
                "migrations/001_a.sql",
                "CREATE TABLE a (id int PRIMARY KEY);\n\
                 CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO b VALUES (1);\n\
                 INSERT INTO a VALUES (1);\n-- limosa: verify\n\
                 SELECT 1 FROM b LEFT JOIN a ON a.id = b.a WHERE a IS NULL\n",
            )
            .exits_with(0, &["1 migration applied"]);
    });
}

#[test]
fn a_migration_in_stages_is_verified_behind_the_last_and_goes_on_from_there() {
    on_servers(|database: &Database| {
        let project = Project::on(database)
            .with("migrations/001_a.sql", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (1);\n")
            .with(
                "migrations/002_index.sql",
                "CREATE INDEX CONCURRENTLY a_id ON a (id);\n-- limosa: verify\n\
                 SELECT id, count(*) FROM a GROUP BY id HAVING count(*) > 1;\n",
            );
        let failed = project.limosa("up").exits(3).says("it returns 1 row:").says("1  | 2");
        assert!(failed.all().contains("nothing was rolled back, and it counts as unfinished"), "{failed}");
        let rows = "SELECT version, state, position, error IS NOT NULL FROM limosa.migration ORDER BY version";
        let text = |row: &[&str]| row.iter().map(|value| Some((*value).to_owned())).collect::<Vec<_>>();
        let before = database.execute(rows);
        assert_eq!(before, [text(&["001", "applied", "0", "f"]), text(&["002", "running", "1", "t"])]);
        let oid = || database.execute("SELECT 'a_id'::regclass::oid");
        let index = oid();
        project.limosa("up").exits(3).says("it returns 1 row:");
        database.execute("DELETE FROM a WHERE ctid <> (SELECT min(ctid) FROM a)");
        project.limosa("up").exits(0);
        assert_eq!(oid(), index, "the index was not built again");
        assert_eq!(database.execute(rows)[1], text(&["002", "applied", "0", "f"]));
    });
}

#[test]
fn the_way_back_can_verify_too() {
    on_servers(|database| {
        let project = Project::on(database)
            .with("migrations/001_a.sql", "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\n")
            .with("migrations/001_a.down.sql", "DROP TABLE a;\n-- limosa: verify\nSELECT * FROM b;\n");
        project.limosa("up").exits(0);
        database.execute("INSERT INTO b VALUES (7)");
        project.limosa("down --steps 1").exits(1).says("the way back of 001 a").says("it returns 1 row");
        database.execute("TABLE a; DELETE FROM b");
        project.limosa("down --steps 1").exits(0);
    });
}

impl Project {
    /// Runs `up` and asserts how it ends and what it says.
    #[track_caller]
    fn exits_with(self, code: i32, says: &[&str]) {
        let outcome = self.limosa("up").exits(code);
        for text in says {
            assert!(outcome.all().contains(text), "{text:?} is missing in {outcome}");
        }
    }
}
