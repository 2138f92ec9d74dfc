//! What the server would refuse in the middle, or with contract, is asked before anything changes.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const ONLINE: &str = "-- limosa: online\n\n";

/// A project whose first migration is applied, and whose second is this.
fn begun(database: &Database, setup: &str, change: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", setup);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("{ONLINE}{change}"));
    project
}

#[test]
fn a_default_that_is_no_value_of_the_new_type_is_said() {
    on_servers(|database| {
        let setup = "\
            CREATE TYPE mood AS ENUM ('new', 'old');\n\
            CREATE TABLE visit (id serial PRIMARY KEY, a text NOT NULL DEFAULT 'new', b int DEFAULT 3);\n\
            INSERT INTO visit (a) SELECT 'old' FROM generate_series(1, 3);\n";
        let project = begun(database, setup, "ALTER TABLE visit ALTER a TYPE mood USING a::mood;\n");
        let refused = project.limosa("up").fails();
        refused.says("the default of a of visit is no value of the new type").says("DROP DEFAULT");
        assert_eq!(rows(database, "SELECT count(*) FROM limosa.online"), ["0"]);
        project.write(
            "migrations/002_change.sql",
            "-- limosa: online\n\nALTER TABLE visit ALTER a DROP DEFAULT;\n\
             ALTER TABLE visit ALTER a TYPE mood USING a::mood;\nALTER TABLE visit ALTER a SET DEFAULT 'new';\n\
             ALTER TABLE visit ALTER b TYPE numeric;\nALTER TABLE visit ALTER id TYPE bigint;\n",
        );
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 0ms").exits(0);
        database.execute("INSERT INTO visit DEFAULT VALUES");
        assert_eq!(rows(database, "SELECT id, a, b FROM visit WHERE a = 'new'"), ["4|new|3"]);
    });
}

#[test]
fn rows_that_break_a_constraint_which_was_never_validated_are_named() {
    on_servers(|database| {
        let setup = "\
            CREATE TABLE visit (id int PRIMARY KEY, n int);\n\
            INSERT INTO visit SELECT i, i FROM generate_series(1, 9) i;\n\
            ALTER TABLE visit ADD CONSTRAINT \"no Seven\" CHECK (n <> 7) NOT VALID;\n";
        for change in ["ALTER TABLE visit ALTER n TYPE bigint;\n", "ALTER TABLE visit RENAME COLUMN n TO m;\n"] {
            let database = database.server().fresh_database();
            let project = begun(&database, setup, change);
            let refused = project.limosa("up").fails();
            refused
                .says("breaks-constraint")
                .says("\"no Seven\", which was never validated")
                .says("WHERE NOT ((n <> 7))");
            database.execute("UPDATE visit SET n = 8 WHERE n = 7");
            project.limosa("up").exits(0);
            project.limosa("contract --quiet-window 0ms").exits(0);
        }
    });
}

#[test]
fn what_belongs_to_another_role_is_named_before_anything_changes() {
    on_servers(|database| {
        let name = database.name().as_str();
        let (role, other) = (format!("{name}_app"), format!("{name}_other"));
        database.execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'p'; CREATE ROLE {other}; ALTER SCHEMA public OWNER TO {role};
             GRANT CREATE ON DATABASE {name} TO {role};
             CREATE TYPE mood AS ENUM ('a', 'b');
             CREATE TABLE visit (id int PRIMARY KEY, n int NOT NULL DEFAULT 1, CONSTRAINT plus CHECK (n > 0));
             CREATE INDEX visit_n_idx ON visit (n);
             ALTER TYPE mood OWNER TO {other}; ALTER TABLE visit OWNER TO {other};
             GRANT ALL ON visit TO {role}"
        ));
        let (_, place) = database.url().split_once('@').unwrap();
        let url = format!("postgresql://{role}:p@{place}");
        let project = Project::on(database).variable("DATABASE_URL", &url);
        for (change, what) in [
            ("ALTER TABLE visit DROP COLUMN n;", "visit"),
            ("ALTER TABLE visit ALTER n DROP NOT NULL;", "visit"),
            ("ALTER TABLE visit ALTER n DROP DEFAULT;", "visit"),
            ("ALTER TABLE visit DROP CONSTRAINT plus;", "visit"),
            ("ALTER TABLE visit RENAME CONSTRAINT plus TO more;", "visit"),
            ("ALTER TABLE visit RENAME TO stay;", "visit"),
            ("ALTER TABLE visit RENAME COLUMN n TO m;", "visit"),
            ("ALTER TABLE visit ALTER n TYPE bigint;", "visit"),
            ("CREATE INDEX ON visit (n, id);", "visit"),
            ("ALTER INDEX visit_n_idx RENAME TO i;", "visit_n_idx"),
            ("ALTER TYPE mood RENAME VALUE 'a' TO 'c';", "mood"),
            ("ALTER TYPE mood RENAME TO state;", "mood"),
        ] {
            project.write("migrations/001_change.sql", format!("{ONLINE}-- limosa: allow deletes-data\n{change}\n"));
            project.write("migrations/000_first.sql", "CREATE TABLE IF NOT EXISTS first (id int);\n");
            project.limosa("up --to 000").exits(0);
            let refused = project.limosa("up --allow drift").fails();
            refused
                .says("error[not-owner]")
                .says(&format!("{what} belongs to {other}"))
                .says(&format!("GRANT {other} TO"));
        }
        database.execute(&format!(
            "REASSIGN OWNED BY {role} TO postgres; REASSIGN OWNED BY {other} TO postgres;
             DROP OWNED BY {role}; DROP OWNED BY {other}; DROP ROLE {role}; DROP ROLE {other}"
        ));
    });
}

#[test]
fn tables_and_views_that_a_query_fills_are_dropped_by_an_abort() {
    on_servers(|database| {
        let setup = "CREATE TABLE visit (id int PRIMARY KEY, n int);\nINSERT INTO visit VALUES (1, 1);\n";
        let change = "CREATE TABLE copied AS SELECT * FROM visit;\n\
                      CREATE MATERIALIZED VIEW seen AS SELECT * FROM visit;\n\
                      CREATE UNIQUE INDEX seen_idx ON seen (id);\n\
                      ALTER TABLE visit RENAME COLUMN n TO m;\n";
        let project = begun(database, setup, change);
        project.limosa("up").exits(0);
        assert_eq!(rows(database, "SELECT count(*) FROM copied, seen"), ["1"]);
        project.limosa("abort 002").exits(0);
        assert_eq!(rows(database, "SELECT to_regclass('copied'), to_regclass('seen')"), ["NULL|NULL"]);
        project.limosa("up").exits(0);
    });
}

#[test]
fn contracts_that_share_an_index_find_their_order() {
    on_servers(|database| {
        let setup = "CREATE TABLE visit (id int PRIMARY KEY, a int, b int);\nCREATE INDEX pair ON visit (a, b);\n\
                     INSERT INTO visit SELECT i, i, i FROM generate_series(1, 9) i;\n";
        let project = begun(database, setup, "ALTER TABLE visit ALTER b TYPE bigint;\n");
        project.limosa("up").exits(0);
        project.write("migrations/003_later.sql", "-- limosa: online\n\nALTER TABLE visit RENAME COLUMN a TO c;\n");
        project.limosa("up").exits(0);
        let refused = project.limosa("contract --quiet-window 0ms 002").fails();
        refused.says("not-in-order").says("limosa contract 003");
        project.limosa("contract --quiet-window 0ms").exits(0);
        let index = "SELECT pg_get_indexdef('pair'::regclass)";
        assert_eq!(rows(database, index), ["CREATE INDEX pair ON public.visit USING btree (c, b)"]);
    });
}
