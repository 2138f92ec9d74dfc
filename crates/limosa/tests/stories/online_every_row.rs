//! Every row gets its value, and nothing else of it changes: policies that hide rows, triggers of others, domains with
//! a default, and rows that are written past the triggers.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const ONLINE: &str = "-- limosa: online\n\n";

/// A project whose first migration is applied, and whose second is this.
fn begun(project: Project, setup: &str, change: &str) -> Project {
    let project = project.with("migrations/001_setup.sql", setup);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("{ONLINE}{change}"));
    project
}

/// A role that owns the schema `public` and nothing else, as long as a story; and a project that connects as it.
struct AsOwner<'d> {
    database: &'d Database,
    role: String,
}

impl<'d> AsOwner<'d> {
    fn of(database: &'d Database) -> Self {
        let role = format!("{}_owner", database.name().as_str());
        database.execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'p'; ALTER SCHEMA public OWNER TO {role};
             GRANT CREATE ON DATABASE {} TO {role}",
            database.name()
        ));
        Self { database, role }
    }

    fn project(&self) -> Project {
        let (_, place) = self.database.url().split_once('@').unwrap();
        Project::on(self.database).variable("DATABASE_URL", &format!("postgresql://{}:p@{place}", self.role))
    }
}

impl Drop for AsOwner<'_> {
    fn drop(&mut self) {
        let role = &self.role;
        let _ = self.database.query(&format!(
            "REVOKE SET ON PARAMETER session_replication_role FROM {role}; ALTER SCHEMA public OWNER TO postgres"
        ));
        let _ = self.database.query(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
    }
}

const HIDDEN: &str = "\
CREATE TABLE visit (id int PRIMARY KEY, tenant int NOT NULL, n int);
INSERT INTO visit SELECT i, i % 3, i FROM generate_series(1, 30) i;
ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
ALTER TABLE visit FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON visit USING (tenant = 1);
";

#[test]
fn rows_that_a_policy_hides_are_not_left_without_a_value() {
    on_servers(|database| {
        let owner = AsOwner::of(database);
        let project = begun(owner.project(), HIDDEN, "ALTER TABLE visit ALTER n TYPE bigint;\n");
        project.limosa("plan").exits(0).says("rows-hidden");
        for change in [
            "ALTER TABLE visit ALTER n TYPE bigint;\n",
            "ALTER TABLE visit RENAME COLUMN n TO m;\n",
            "-- limosa: forward n + 1\nALTER TABLE visit ADD COLUMN m int;\n",
            "ALTER TABLE visit ADD CHECK (n > 0);\n",
            "ALTER TABLE visit ALTER n SET NOT NULL;\n",
        ] {
            project.write("migrations/002_change.sql", format!("{ONLINE}{change}"));
            let refused = project.limosa("up").exits(1);
            refused.says("error[rows-hidden]").says("\"public\".\"visit\"").says("NO FORCE ROW LEVEL SECURITY");
        }
        project.write("migrations/002_change.sql", "-- limosa: backfill\nUPDATE visit SET n = -n WHERE n > 0;\n");
        project.limosa("up").fails().says("rows-hidden").says("NO FORCE ROW LEVEL SECURITY");
        project.limosa("backfill run --table visit --set 'n = -n' --where 'n > 0'").fails().says("rows-hidden");
        assert_eq!(rows(database, "SELECT count(*) FROM visit WHERE n > 0"), ["30"], "nothing has changed");
    });
}

#[test]
fn a_policy_that_does_not_bind_the_owner_is_in_nobodys_way() {
    on_servers(|database| {
        let owner = AsOwner::of(database);
        let setup = HIDDEN.replace("ALTER TABLE visit FORCE ROW LEVEL SECURITY;\n", "");
        let project = begun(owner.project(), &setup, "ALTER TABLE visit ALTER n TYPE bigint;\n");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT count(*) FROM visit WHERE n = id"), ["30"]);
    });
}

const TRIGGERS: &str = "\
CREATE TABLE visit (id int PRIMARY KEY, n int, changed int NOT NULL DEFAULT 0);
CREATE TABLE heard (id int);
INSERT INTO visit SELECT i, i FROM generate_series(1, 30) i;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed := 1; RETURN NEW; END';
CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO heard VALUES (NEW.id); RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER heard AFTER UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION hear();
";

const TOUCHED: &str = "SELECT count(*) FILTER (WHERE changed = 1), (SELECT count(*) FROM heard) FROM visit";

#[test]
fn triggers_of_others_rest_while_rows_are_filled() {
    on_servers(|database| {
        let project = begun(Project::on(database), TRIGGERS, "ALTER TABLE visit ALTER n TYPE bigint;\n");
        project.limosa("up").exits(0);
        assert_eq!(rows(database, TOUCHED), ["0|0"]);
        database.execute("UPDATE visit SET n = 100 WHERE id = 1");
        assert_eq!(rows(database, TOUCHED), ["1|1"], "clients' own rows are theirs");
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT n FROM visit WHERE id < 3 ORDER BY id"), ["100", "2"]);
        // What the migration says itself is a change like any other.
        let said = "-- limosa: backfill\nUPDATE visit SET n = n + 1 WHERE changed = 0;\n";
        project.write("migrations/003_said.sql", said);
        project.limosa("up").exits(0);
        assert_eq!(rows(database, TOUCHED), ["30|30"]);
    });
}

#[test]
fn who_may_not_keep_triggers_from_firing_is_asked() {
    on_servers(|database| {
        let owner = AsOwner::of(database);
        let change = "ALTER TABLE visit ALTER n TYPE bigint;\n";
        let project = begun(owner.project(), TRIGGERS, change);
        project.limosa("plan").exits(0).says("fires-triggers");
        let refused = project.limosa("up").exits(1);
        refused.says("error[fires-triggers]").says("heard of visit, touched of visit").says("GRANT SET ON PARAMETER");
        assert_eq!(rows(database, "SELECT count(*) FROM limosa.online"), ["0"]);
        project.write("migrations/002_change.sql", format!("-- limosa: allow fires-triggers\n{ONLINE}{change}"));
        project.limosa("up").exits(0).says("heard of visit, touched of visit");
        assert_eq!(rows(database, TOUCHED), ["30|30"], "they were said to fire");
        project.limosa("abort 002").exits(0);
        database.execute(&format!(
            "UPDATE visit SET changed = 0; TRUNCATE heard; GRANT SET ON PARAMETER session_replication_role TO {}",
            owner.role
        ));
        database.execute("ALTER TABLE visit DISABLE TRIGGER USER; UPDATE visit SET changed = 0");
        database.execute("ALTER TABLE visit ENABLE TRIGGER USER");
        project.write("migrations/002_change.sql", format!("{ONLINE}{change}"));
        project.limosa("up").exits(0);
        assert_eq!(rows(database, TOUCHED), ["0|0"]);
    });
}

#[test]
fn a_domain_with_a_default_says_nothing_of_rows_that_are_there() {
    on_servers(|database| {
        let setup = "\
            CREATE DOMAIN word AS text DEFAULT 'none'; CREATE DOMAIN must AS text NOT NULL DEFAULT 'some';\n\
            CREATE TABLE visit (id int PRIMARY KEY, a text, b word);\n\
            INSERT INTO visit SELECT i, 'a' || i, 'b' || i FROM generate_series(1, 3) i;\n";
        for (change, shown, is) in [
            ("ALTER TABLE visit ALTER a TYPE word;\n", "a", "a1,a2,a3"),
            ("ALTER TABLE visit ALTER b TYPE text;\n", "b", "b1,b2,b3"),
            ("ALTER TABLE visit RENAME COLUMN b TO c;\n", "c", "b1,b2,b3"),
            ("-- limosa: forward upper(a)\nALTER TABLE visit ADD COLUMN c word;\n", "c", "A1,A2,A3"),
            ("CREATE DOMAIN other AS text DEFAULT 'x';\nALTER TABLE visit ALTER a TYPE other;\n", "a", "a1,a2,a3"),
        ] {
            let database = database.server().fresh_database();
            let project = begun(Project::on(&database), setup, change);
            project.limosa("up").exits(0);
            database.execute("INSERT INTO visit (id) VALUES (4)");
            let column = format!("SELECT string_agg({shown}, ',' ORDER BY id) FROM visit WHERE id < 4");
            if shown == "c" {
                database.execute("INSERT INTO visit (id, c) VALUES (5, 'new')");
                assert_eq!(rows(&database, &column), [is], "while both versions live, after {change}");
            }
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(rows(&database, &column), [is], "after {change}");
            if shown == "c" {
                assert_eq!(rows(&database, "SELECT c FROM visit WHERE id = 5"), ["new"], "after {change}");
            }
            let left = "SELECT count(*) FROM pg_attrdef WHERE adrelid = 'visit'::regclass";
            assert_eq!(rows(&database, left), ["0"], "no default of the column's own is left by {change}");
        }
        let project = begun(Project::on(database), setup, "ALTER TABLE visit ALTER a TYPE must;\n");
        project.limosa("up").exits(1).says("must refuses null").says("NOT NULL and CHECK of the column");
    });
}

#[test]
fn rows_that_were_written_past_the_trigger_are_found_by_contract() {
    on_servers(|database| {
        let setup = "CREATE TABLE visit (id int PRIMARY KEY, n int);\n\
                     INSERT INTO visit SELECT i, i FROM generate_series(1, 3) i;\n";
        let change = "-- limosa: forward 'n' || n\n-- limosa: back coalesce(nullif(substr(n, 2), '')::int, 0)\n\
                      ALTER TABLE visit ALTER n TYPE text;\n";
        let project = begun(Project::on(database), setup, change);
        project.limosa("up").exits(0);
        // What clients of the new version write need not be what an old value becomes.
        let new = rows(
            database,
            "SELECT attname FROM pg_attribute WHERE attrelid = 'visit'::regclass AND attname LIKE 'limosa%'",
        );
        database.execute(&format!("UPDATE visit SET {} = 'x7' WHERE id = 2", new[0]));
        assert_eq!(rows(database, "SELECT n FROM visit WHERE id = 2"), ["7"]);
        let own = rows(database, "SELECT quote_ident(tgname) FROM pg_trigger WHERE tgrelid = 'visit'::regclass");
        database.execute(&format!("ALTER TABLE visit DISABLE TRIGGER {}", own[0]));
        database.execute("UPDATE visit SET n = 100 WHERE id = 1");
        database.execute(&format!("ALTER TABLE visit ENABLE ALWAYS TRIGGER {}", own[0]));
        project
            .limosa("contract --quiet-window 50ms")
            .fails()
            .says("another value of the new type")
            .says("such as 100");
        database.execute("UPDATE visit SET n = 101 WHERE id = 1");
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT n FROM visit ORDER BY id"), ["n101", "x7", "n3"]);
    });
}
