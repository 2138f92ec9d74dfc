//! What an abort leaves, and what is changed by hand while an online change is open.

use limosa_testkit::{Database, schema_dump};

use crate::place::{on_servers, rows};
use crate::project::Project;

const DUAL: &str = "-- limosa: online\n\n";
const VERSIONED: &str = "-- limosa: online versioned-schemas\n\n";

const SETUP: &str = "\
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE SEQUENCE ticket;
CREATE FUNCTION price(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION price(text, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE visit (
    id int PRIMARY KEY, n int NOT NULL DEFAULT 0, a text, b text, CONSTRAINT positive CHECK (n >= 0)
);
CREATE INDEX visit_a_idx ON visit (a);
CREATE VIEW seen AS SELECT id, a FROM visit;
COMMENT ON TABLE visit IS 'it''s $limosa$ old';
COMMENT ON COLUMN visit.a IS 'old a';
INSERT INTO visit SELECT i, i, 'a' || i, 'b' || i FROM generate_series(1, 300) i;
";

/// A project with its first migration applied, and this as its second.
fn begun(database: &Database, setup: &str, change: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", format!("{SETUP}{setup}"));
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", change);
    project
}

/// The schema as `pg_dump` has it; `None` where none is at hand that reads this server.
fn dump(database: &Database) -> Option<Vec<String>> {
    schema_dump(database.server().major(), database.url(), &["limosa", "public_*"]).unwrap()
}

/// Roles that exist on the server as long as a story.
struct Roles<'d> {
    database: &'d Database,
    names: [String; 2],
}

impl<'d> Roles<'d> {
    fn of(database: &'d Database) -> Self {
        let names = ["app", "other"].map(|name| format!("\"{}_{name}\"", database.name().as_str()));
        names.iter().for_each(|name| drop(database.execute(&format!("CREATE ROLE {name}"))));
        Self { database, names }
    }

    /// A text with the roles' names in the place of `APP` and `OTHER`.
    fn named(&self, text: &str) -> String {
        text.replace("APP", &self.names[0]).replace("OTHER", &self.names[1])
    }
}

impl Drop for Roles<'_> {
    fn drop(&mut self) {
        for name in &self.names {
            let _ = self.database.query(&format!("DROP OWNED BY {name} CASCADE; DROP ROLE {name}"));
        }
    }
}

/// What is on the table and beside it before a change says otherwise.
const GIVEN: &str = "\
GRANT SELECT ON visit TO APP WITH GRANT OPTION;
GRANT INSERT (a), SELECT (b) ON visit TO OTHER;
GRANT USAGE ON SCHEMA public TO OTHER;
GRANT UPDATE ON visit TO PUBLIC;
";

const SAID: &str = "\
COMMENT ON TABLE visit IS 'new';
COMMENT ON COLUMN visit.a IS NULL;
COMMENT ON COLUMN visit.n IS 'new n';
COMMENT ON COLUMN seen.a IS 'seen';
COMMENT ON INDEX visit_a_idx IS 'index';
COMMENT ON CONSTRAINT positive ON visit IS 'constraint';
COMMENT ON FUNCTION price(int) IS 'function';
COMMENT ON FUNCTION price(text, int) IS 'function';
COMMENT ON TYPE mood IS 'type';
COMMENT ON SEQUENCE ticket IS 'sequence';
COMMENT ON SCHEMA public IS 'schema';
GRANT ALL ON visit, seen TO OTHER WITH GRANT OPTION;
REVOKE SELECT ON visit FROM APP;
REVOKE GRANT OPTION FOR SELECT ON visit FROM APP;
REVOKE UPDATE ON TABLE visit FROM PUBLIC;
GRANT UPDATE (a, b) ON visit TO APP;
REVOKE INSERT (a) ON visit FROM OTHER;
REVOKE ALL ON visit FROM OTHER;
GRANT EXECUTE ON FUNCTION price(int) TO APP;
REVOKE ALL ON FUNCTION price(int), price(text, int) FROM PUBLIC;
GRANT USAGE ON SEQUENCE ticket TO APP;
GRANT USAGE ON TYPE mood TO OTHER;
REVOKE USAGE ON TYPE mood FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO APP;
REVOKE USAGE ON SCHEMA public FROM OTHER;
CREATE VIEW fresh AS SELECT id FROM visit;
COMMENT ON VIEW fresh IS 'fresh';
GRANT SELECT ON fresh TO APP;
";

#[test]
fn an_abort_puts_comments_and_privileges_back() {
    on_servers(|database| {
        for head in [DUAL, VERSIONED] {
            let database = database.server().fresh_database();
            let roles = Roles::of(&database);
            // Views do not let read who has privileges on columns.
            let fit = |text: &str| -> String {
                let lines = text.lines().filter(|line| head == DUAL || !(line.contains("(a") || line.contains("(b")));
                lines.map(|line| roles.named(line) + "\n").collect()
            };
            let change = format!("{head}{}ALTER TABLE visit RENAME COLUMN b TO c;\n", fit(SAID));
            let project = begun(&database, &fit(GIVEN), &change);
            let before = dump(&database);
            project.limosa("up").exits(0).never_says("an abort leaves");
            project.limosa("abort 002").exits(0);
            assert_eq!(dump(&database), before, "{head}");
            project.limosa("drift").exits(0);
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            let there = dump(&database);
            project.limosa("down").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(dump(&database), before, "the way back of {head}");
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(dump(&database), there, "once more {head}");
        }
    });
}

#[test]
fn what_is_put_back_may_have_gone() {
    on_servers(|database| {
        let change = format!(
            "{DUAL}COMMENT ON VIEW seen IS 'x';\nGRANT SELECT ON seen TO PUBLIC;\nCOMMENT ON FUNCTION price(int) IS 'x';\n\
             COMMENT ON COLUMN visit.b IS 'x';\nALTER TABLE visit RENAME COLUMN a TO c;\n"
        );
        let project = begun(database, "", &change);
        project.limosa("up").exits(0);
        database.execute("DROP VIEW seen; DROP FUNCTION price(int); ALTER TABLE visit DROP COLUMN b");
        project.limosa("abort 002").exits(0);
        assert_eq!(rows(database, "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), ["0"]);
    });
}

#[test]
fn what_cannot_be_put_back_is_said_before() {
    on_servers(|database| {
        let change = format!("{DUAL}SELECT setval('ticket', 7);\nALTER TABLE visit RENAME COLUMN a TO c;\n");
        let project = begun(database, "", &change);
        project.limosa("up").exits(0).says("an abort leaves what this does: SELECT setval");
    });
}
