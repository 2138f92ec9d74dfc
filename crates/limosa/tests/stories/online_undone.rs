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
            "{DUAL}COMMENT ON VIEW seen IS 'x';\nGRANT SELECT ON seen TO PUBLIC;\n\
             COMMENT ON FUNCTION price(int) IS 'x';\nCOMMENT ON COLUMN visit.b IS 'x';\n\
             ALTER TABLE visit RENAME COLUMN a TO c;\n"
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

#[test]
fn views_of_versions_have_what_their_tables_have_behind_an_end() {
    on_servers(|database| {
        for verb in ["abort 003", "contract --quiet-window 50ms"] {
            let database = database.server().fresh_database();
            let roles = Roles::of(&database);
            let change = format!(
                "{VERSIONED}REVOKE SELECT ON visit FROM APP;\nGRANT SELECT, INSERT ON visit TO OTHER;\n\
                 COMMENT ON TABLE visit IS 'new';\nALTER TABLE visit RENAME COLUMN b TO c;\n\
                 COMMENT ON COLUMN visit.c IS 'new c';\n"
            );
            let given = "GRANT SELECT ON visit TO APP WITH GRANT OPTION;\n";
            // A version before, whose schema stays.
            let first = format!("{VERSIONED}ALTER TABLE visit RENAME COLUMN a TO d;\n");
            let project = begun(&database, &roles.named(given), &first);
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            project.write("migrations/003_rights.sql", roles.named(&change));
            project.limosa("up").exits(0);
            project.limosa(verb).exits(0).never_says("do not show");
            let shown = "SELECT c.relname, x.privilege_type, x.is_grantable, g.rolname, \
                         obj_description(c.oid, 'pg_class') FROM pg_class c \
                         LEFT JOIN (SELECT oid, (aclexplode(relacl)).* FROM pg_class) x \
                         ON x.oid = c.oid AND x.grantee <> c.relowner LEFT JOIN pg_roles g ON g.oid = x.grantee \
                         WHERE c.relname = 'visit' AND c.relnamespace = 'IN'::regnamespace ORDER BY 1, 2, 3, 4";
            let on_table = rows(&database, &shown.replace("IN'", "public'"));
            let views = "SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 'visit' AND relkind = 'v'";
            let views = rows(&database, views);
            assert!(!views.is_empty());
            for schema in views {
                assert_eq!(rows(&database, &shown.replace("IN'", &format!("{schema}'"))), on_table, "{schema} {verb}");
            }
        }
    });
}

/// What hangs on a column whose type changes.
const HANGS: &str = "\
CREATE INDEX visit_n_idx ON visit (n);
CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER told AFTER UPDATE OF n ON visit FOR EACH ROW EXECUTE FUNCTION told();
CREATE POLICY mine ON visit USING (n > 0);
CREATE VIEW numbers AS SELECT id, n FROM visit;
CREATE VIEW more AS SELECT n FROM numbers;
COMMENT ON COLUMN visit.n IS 'said';
";

/// With each of these, a contract is refused that says so; when it is taken back, the next one has its turn. In the end
/// the contract is done.
fn refused_meanwhile(database: &Database, project: &Project, hands: &[(&str, &str, &str)]) {
    for (hand, back, says) in hands {
        database.execute(hand);
        project.limosa("contract --quiet-window 10ms").fails().says("came-to-hang").says(says);
        database.execute(back);
    }
    project.limosa("contract --quiet-window 10ms").exits(0);
}

#[test]
fn what_is_changed_by_hand_is_not_lost_with_the_column() {
    on_servers(|database| {
        for head in [DUAL, VERSIONED] {
            let database = database.server().fresh_database();
            let project = begun(&database, HANGS, &format!("{head}ALTER TABLE visit ALTER n TYPE bigint;\n"));
            project.limosa("up").exits(0);
            let hands = [
                (
                    "ALTER TABLE visit ALTER n DROP NOT NULL",
                    "ALTER TABLE visit ALTER n SET NOT NULL",
                    "changed since: column public.visit.n",
                ),
                (
                    "ALTER TABLE visit ALTER n SET DEFAULT 7",
                    "ALTER TABLE visit ALTER n DROP DEFAULT",
                    "made since: default of column public.visit.n",
                ),
                (
                    "ALTER TABLE visit ALTER n SET STATISTICS 7",
                    "ALTER TABLE visit ALTER n SET STATISTICS -1",
                    "changed since: column public.visit.n",
                ),
                (
                    "COMMENT ON COLUMN visit.n IS NULL",
                    "COMMENT ON COLUMN visit.n IS 'said'",
                    "gone since: comment of column public.visit.n; it was `COMMENT ON COLUMN",
                ),
                (
                    "GRANT SELECT (n) ON visit TO PUBLIC",
                    "REVOKE SELECT (n) ON visit FROM PUBLIC",
                    "made since: privileges of public on column public.visit.n",
                ),
                (
                    "DROP INDEX visit_n_idx",
                    "CREATE INDEX visit_n_idx ON visit (n)",
                    "gone since: index public.visit_n_idx; it was `CREATE INDEX",
                ),
                (
                    "COMMENT ON INDEX visit_n_idx IS 'hand'",
                    "COMMENT ON INDEX visit_n_idx IS NULL",
                    "changed since: index public.visit_n_idx",
                ),
                (
                    "ALTER TABLE visit DROP CONSTRAINT positive",
                    "ALTER TABLE visit ADD CONSTRAINT positive CHECK (n >= 0)",
                    "gone since: constraint positive on public.visit",
                ),
                (
                    "DROP TRIGGER told ON visit",
                    "CREATE TRIGGER told AFTER UPDATE OF n ON visit FOR EACH ROW EXECUTE FUNCTION told()",
                    "gone since: trigger told on public.visit",
                ),
                (
                    "DROP POLICY mine ON visit",
                    "CREATE POLICY mine ON visit USING (n > 0)",
                    "gone since: policy mine on public.visit",
                ),
                ("DROP VIEW more", "CREATE VIEW more AS SELECT n FROM numbers", "gone since: view public.more"),
                (
                    "COMMENT ON VIEW more IS 'hand'",
                    "COMMENT ON VIEW more IS NULL",
                    "changed since: view public.more; it was `CREATE VIEW",
                ),
                (
                    "GRANT SELECT ON numbers TO PUBLIC",
                    "REVOKE ALL ON numbers FROM PUBLIC",
                    "changed since: view public.numbers",
                ),
                ("CREATE VIEW third AS SELECT n FROM more", "DROP VIEW third", "made since: view public.third"),
            ];
            refused_meanwhile(&database, &project, &hands);
            let there = "SELECT format_type(atttypid, atttypmod), col_description(attrelid, attnum), \
                         to_regclass('visit_n_idx'), to_regclass('more') FROM pg_attribute \
                         WHERE attrelid = 'visit'::regclass AND attname = 'n'";
            assert_eq!(rows(&database, there), ["bigint|said|visit_n_idx|more"], "{head}");
            project.limosa("drift").exits(0);
        }
    });
}

#[test]
fn what_reads_a_column_that_gets_wider_is_not_lost_either() {
    on_servers(|database| {
        let setup = "ALTER TABLE visit ALTER a TYPE varchar(10);\n";
        // The view has to make way for that.
        let setup = format!("DROP VIEW seen;\n{setup}CREATE VIEW seen AS SELECT id, a FROM visit;\n");
        let project = begun(database, &setup, &format!("{DUAL}ALTER TABLE visit ALTER a TYPE varchar(20);\n"));
        project.limosa("up").exits(0);
        let hands = [
            ("DROP VIEW seen", "CREATE VIEW seen AS SELECT id, a FROM visit", "gone since: view public.seen"),
            ("COMMENT ON VIEW seen IS 'hand'", "COMMENT ON VIEW seen IS NULL", "changed since: view public.seen"),
            ("CREATE VIEW more AS SELECT a FROM visit", "DROP VIEW more", "made since: view public.more"),
        ];
        refused_meanwhile(database, &project, &hands);
    });
}

#[test]
fn what_is_said_of_another_name_is_not_lost_with_it() {
    on_servers(|database| {
        let project = begun(database, "", &format!("{DUAL}ALTER TABLE visit RENAME TO stay;\n"));
        project.limosa("up").exits(0);
        let hands = [
            ("CREATE VIEW more AS SELECT id FROM stay", "DROP VIEW more", "made since: view public.more"),
            (
                "GRANT SELECT ON stay TO PUBLIC",
                "REVOKE ALL ON stay FROM PUBLIC",
                "made since: privileges of public on view public.stay",
            ),
            (
                "COMMENT ON VIEW stay IS 'hand'",
                "COMMENT ON VIEW stay IS NULL",
                "made since: comment of view public.stay",
            ),
        ];
        refused_meanwhile(database, &project, &hands);
    });
}

#[test]
fn a_default_that_is_set_by_hand_outlives_the_end() {
    on_servers(|database| {
        for change in ["RENAME COLUMN n TO number", "ALTER n TYPE bigint"] {
            let database = database.server().fresh_database();
            let project = begun(&database, HANGS, &format!("{DUAL}ALTER TABLE visit {change};\n"));
            project.limosa("up").exits(0);
            database.execute("ALTER TABLE visit ALTER n SET DEFAULT 7; DROP INDEX visit_n_idx; DROP VIEW more");
            project.limosa("contract --quiet-window 10ms").fails().says("default of column public.visit.n");
            project.limosa("abort 002").exits(0);
            let left = "SELECT pg_get_expr(adbin, adrelid), to_regclass('visit_n_idx'), to_regclass('more') \
                        FROM pg_attrdef WHERE adrelid = 'visit'::regclass";
            assert_eq!(rows(&database, left), ["7|NULL|NULL"], "{change}");
        }
    });
}

#[test]
fn what_is_dropped_by_hand_need_not_be_dropped_again() {
    on_servers(|database| {
        let change = "DROP VIEW seen;\nDROP INDEX visit_a_idx;\nALTER TABLE visit DROP CONSTRAINT positive;\n\
                      -- limosa: allow deletes-data\nALTER TABLE visit DROP COLUMN a;\n";
        let project = begun(database, "", &format!("{DUAL}{change}"));
        project.limosa("up").exits(0);
        database.execute("DROP VIEW seen; DROP INDEX visit_a_idx; ALTER TABLE visit DROP CONSTRAINT positive");
        project.limosa("contract --quiet-window 10ms").exits(0);
    });
}

#[test]
fn what_contract_speaks_of_and_is_gone_is_explained() {
    on_servers(|database| {
        let change = format!("{DUAL}ALTER INDEX visit_a_idx RENAME TO visit_by_a;\n");
        let project = begun(database, "", &change);
        project.limosa("up").exits(0);
        database.execute("DROP INDEX visit_a_idx");
        let outcome = project.limosa("contract --quiet-window 10ms");
        outcome.fails().says("somebody dropped it").says("limosa abort 002");
        project.limosa("abort 002").exits(0);
    });
}
