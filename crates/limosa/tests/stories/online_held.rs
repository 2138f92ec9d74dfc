//! What others make of what an online change has made, while that is open, and what others own of what it makes again.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "CREATE TABLE visit (id bigint PRIMARY KEY, n int, f int);\n";

const CHANGE: &str = "\
-- limosa: online

CREATE TABLE ward (id bigint PRIMARY KEY, name text);
ALTER TABLE visit ADD COLUMN more int;
ALTER TABLE visit DROP COLUMN f;
";

fn begun(database: &Database) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", CHANGE);
    project.limosa("up").exits(0);
    project
}

#[test]
fn an_abort_names_what_came_to_rest_on_what_it_takes_away() {
    on_servers(|database| {
        for (made, drop, said) in [
            (
                "CREATE TABLE bed (id int, ward bigint REFERENCES ward);\n",
                "DROP TABLE bed;\n",
                "constraint bed_ward_fkey on table bed depends on table ward",
            ),
            ("CREATE VIEW wards AS SELECT * FROM ward;\n", "DROP VIEW wards;\n", "view wards depends on table ward"),
            (
                "CREATE VIEW visits AS SELECT more FROM visit;\n",
                "DROP VIEW visits;\n",
                "view visits depends on column more of table visit",
            ),
        ] {
            database.execute("DROP SCHEMA IF EXISTS limosa, public CASCADE; CREATE SCHEMA public");
            let project = begun(database);
            project.write("migrations/003_more.up.sql", made);
            project.write("migrations/003_more.down.sql", drop);
            project.limosa("up").exits(0);
            let refused = project.limosa("abort 002").fails().never_says("2BP01").never_says("CASCADE");
            refused.says("002 cannot be aborted").says(said).says("limosa contract 002");
            project.limosa("status").says("002");
            assert_eq!(rows(database, "SELECT count(*) FROM ward"), ["0"], "nothing has changed");
            project.limosa("down").exits(0);
            project.limosa("abort 002").exits(0);
            assert_eq!(rows(database, "SELECT to_regclass('ward') IS NULL"), ["t"]);
        }
        // An index goes with its table.
        database.execute("DROP SCHEMA IF EXISTS limosa, public CASCADE; CREATE SCHEMA public");
        let project = begun(database);
        project.write("migrations/003_more.sql", "CREATE INDEX ON ward (name);\n");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
    });
}

/// A view that is another role's over a column whose type changes.
fn given_away(database: &Database, (role, other): (&str, &str)) -> Project {
    database.execute(&format!(
        "DROP SCHEMA IF EXISTS limosa, public CASCADE; CREATE SCHEMA public AUTHORIZATION {role};
         GRANT ALL ON SCHEMA public TO PUBLIC"
    ));
    let (_, place) = database.url().split_once('@').unwrap();
    let project = Project::on(database)
        .variable("DATABASE_URL", &format!("postgresql://{role}:p@{place}"))
        .with("migrations/001_setup.sql", format!("{SETUP}CREATE VIEW seen AS SELECT id, n FROM visit;\n"));
    project.limosa("up").exits(0);
    database.execute(&format!("ALTER VIEW seen OWNER TO {other}; GRANT SELECT ON visit TO {other}"));
    project.write("migrations/002_type.sql", "-- limosa: online\n\nALTER TABLE visit ALTER COLUMN n TYPE bigint;\n");
    project
}

#[test]
fn a_view_keeps_its_owner_where_it_can_be_given_back() {
    on_servers(|database| {
        let name = database.name().as_str();
        let (role, other) = (format!("{name}_app"), format!("{name}_other"));
        let owner = "SELECT relowner::regrole FROM pg_class WHERE relname = 'seen'";
        database.execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'p'; CREATE ROLE {other}; GRANT CREATE ON DATABASE {name} TO {role}"
        ));
        let project = given_away(database, (&role, &other));
        project.limosa("up --allow drift").fails().says(&format!("seen belongs to {other}"));
        database.execute(&format!("GRANT {other} TO {role}"));
        database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        let refused = project.limosa("up --allow drift").fails().says("error[not-owner]");
        refused.says(&format!("may not give it back to {other}")).says("GRANT CREATE ON SCHEMA");
        project.limosa("plan").says(&format!("may not give it back to {other}"));
        assert_eq!(rows(database, "SELECT count(*) FROM limosa.online"), ["0"], "nothing has begun");
        database.execute(&format!("GRANT CREATE ON SCHEMA public TO {other}"));
        project.limosa("up --allow drift").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, owner), [other.as_str()]);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, owner), [other.as_str()]);
        if database.server().major().number() >= 16 {
            database.execute(&format!("GRANT {other} TO {role} WITH SET FALSE"));
            let refused = project.limosa("up").fails().says("error[not-owner]");
            refused.says(&format!("may not give it back to {other}")).says(&format!("GRANT {other} TO {role}"));
        }
        database.execute(&format!(
            "REASSIGN OWNED BY {role} TO postgres; REASSIGN OWNED BY {other} TO postgres;
             DROP OWNED BY {role}; DROP OWNED BY {other}; DROP ROLE {role}; DROP ROLE {other}"
        ));
    });
}
