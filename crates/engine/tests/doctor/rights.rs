//! Roles that may, and roles that may not. What a hint says to run is run, and has to help.

use limosa_engine::FindingState;
use limosa_testkit::{Database, execute, servers};

use crate::{Role, apply, examine, migrations, name, of, state, statement, target};

/// All relations, schemas, privileges and advisory locks of a database: what could have been left behind.
fn everything(database: &Database) -> limosa_testkit::Rows {
    database.execute(
        "SELECT relnamespace, relname, relacl::text FROM pg_class
         UNION ALL SELECT oid, nspname, nspacl::text FROM pg_namespace
         UNION ALL SELECT database, mode, NULL FROM pg_locks WHERE locktype = 'advisory'
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         ORDER BY 1, 2, 3",
    )
}

#[tokio::test]
async fn a_role_without_privileges_is_told_what_to_ask_for() {
    for server in servers() {
        let role = Role::create(&server, "LOGIN");
        let database = server.fresh_database();
        database.execute("CREATE TABLE visit (id int); CREATE TYPE mood AS ENUM ('calm')");
        let target = target(&role.url(&database));
        let before = everything(&database);
        let examination = examine(&target, None).await;
        assert_eq!(everything(&database), before, "an examination leaves nothing behind");
        assert_eq!(state(&examination, "role"), FindingState::Good);
        for check in ["history", "schemas"] {
            assert_eq!(state(&examination, check), FindingState::Bad, "{examination:#?}");
        }
        let ownership = of(&examination, "ownership");
        assert_eq!(ownership.state, FindingState::Warning);
        let listed: Vec<_> = ownership.detail.iter().filter_map(|line| line.split(" belongs").next()).collect();
        assert_eq!(listed, ["type public.mood", "table public.visit"]);

        for check in ["history", "schemas"] {
            database.execute(statement(of(&examination, check)));
        }
        database.execute(&format!("ALTER TABLE visit OWNER TO {}", role.name));
        database.execute(statement(ownership));
        let examination = examine(&target, None).await;
        assert_eq!(examination.worst(), FindingState::Good, "{examination:#?}");
        let report = apply(&target, &migrations(&["ALTER TABLE visit ADD mood mood; CREATE TABLE patient ()"])).await;
        assert!(report.error.is_none(), "{report:#?}");
    }
}

#[tokio::test]
async fn a_schema_has_to_be_there_or_to_come() {
    for server in servers() {
        let role = Role::create(&server, "LOGIN");
        let database = server.fresh_database();
        database.execute(&format!("CREATE SCHEMA limosa AUTHORIZATION {}", role.name));
        let mut target = target(&role.url(&database));
        target.search_path = Some("\"App\"".to_owned());
        let set = migrations(&["CREATE SCHEMA \"App\""]);
        assert_eq!(state(&examine(&target, None).await, "schemas"), FindingState::Warning);
        let examination = examine(&target, Some(&set)).await;
        assert_eq!(state(&examination, "schemas"), FindingState::Bad, "{examination:#?}");
        database.execute(statement(of(&examination, "schemas")));
        assert_eq!(state(&examine(&target, Some(&set)).await, "schemas"), FindingState::Good);
        let report = apply(&target, &set).await;
        assert!(report.error.is_none(), "{report:#?}");
        assert_eq!(of(&examine(&target, Some(&set)).await, "schemas").says.split(' ').next_back(), Some("App"));
    }
}

#[tokio::test]
async fn an_owner_role_has_to_exist_and_to_be_had() {
    for server in servers() {
        let owner = Role::create(&server, "NOLOGIN");
        let login = Role::create(&server, "LOGIN NOINHERIT");
        let database = server.fresh_database();
        let mut target = target(&login.url(&database));
        target.owner_role = Some(name("No such role"));
        let examination = examine(&target, None).await;
        assert_eq!(state(&examination, "owner-role"), FindingState::Bad, "{examination:#?}");
        let of_rights = ["history", "schemas", "ownership"];
        let told = examination.findings.iter().filter(|finding| of_rights.contains(&finding.check.as_str()));
        assert_eq!(told.count(), 0, "nobody has no rights: {examination:#?}");

        target.owner_role = Some(owner.name.clone());
        database.execute(&format!(
            "CREATE SCHEMA limosa AUTHORIZATION {0}; GRANT CREATE ON SCHEMA public TO {0}",
            owner.name
        ));
        let examination = examine(&target, None).await;
        let finding = of(&examination, "owner-role");
        assert_eq!((finding.state, finding.says.contains("not allowed")), (FindingState::Bad, true), "{finding:#?}");
        database.execute(statement(finding));
        // Its rights are not inherited, and need not be.
        let examination = examine(&target, None).await;
        assert_eq!(examination.worst(), FindingState::Good, "{examination:#?}");
        let report = apply(&target, &migrations(&["CREATE TABLE visit (id int)"])).await;
        assert!(report.error.is_none(), "{report:#?}");

        database.execute("CREATE TABLE \"Someone's\" (id serial PRIMARY KEY, more int GENERATED ALWAYS AS IDENTITY)");
        let examination = examine(&target, None).await;
        let finding = of(&examination, "ownership");
        assert_eq!(finding.state, FindingState::Warning);
        assert_eq!(finding.detail.len(), 1, "sequences of columns go with their table: {finding:#?}");
        database.execute(statement(finding));
        assert_eq!(state(&examine(&target, None).await, "ownership"), FindingState::Good);
    }
}

#[tokio::test]
async fn every_kind_of_object_can_be_given_away_as_the_hint_says() {
    for server in servers() {
        let role = Role::create(&server, "LOGIN");
        let database = server.fresh_database();
        database.execute(
            "CREATE EXTENSION citext; CREATE TABLE \"T\" (id int); CREATE TABLE parted (id int) PARTITION BY LIST (id);
             CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW mv AS SELECT 1; CREATE SEQUENCE s;
             CREATE DOMAIN dom AS int; CREATE TYPE e AS ENUM (); CREATE TYPE r AS RANGE (subtype = float8);
             CREATE FUNCTION f(int, \"T\") RETURNS int LANGUAGE sql AS 'SELECT 1';
             CREATE PROCEDURE p() LANGUAGE sql AS '';
             CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int)",
        );
        let target = target(&role.url(&database));
        let mut given = Vec::new();
        loop {
            let examination = examine(&target, None).await;
            let finding = of(&examination, "ownership");
            if finding.state == FindingState::Good {
                break;
            }
            assert!(given.len() < 20, "{given:#?} and still {finding:#?}");
            given.push(statement(finding).to_owned());
            database.execute(statement(finding));
        }
        assert_eq!(given.len(), 11, "{given:#?}");
    }
}

#[tokio::test]
async fn a_history_of_somebody_else_may_be_unreadable_or_unwritable() {
    for server in servers() {
        let role = Role::create(&server, "LOGIN");
        let database = server.fresh_database();
        let report = apply(&target(database.url()), &migrations(&["CREATE TABLE visit (id int)"])).await;
        assert!(report.error.is_none(), "{report:#?}");
        let stranger = target(&role.url(&database));
        let examination = examine(&stranger, None).await;
        assert!(of(&examination, "history").says.contains("may not be read"), "{examination:#?}");
        database.execute(statement(of(&examination, "history")));
        let examination = examine(&stranger, None).await;
        let finding = of(&examination, "history");
        assert!(finding.state == FindingState::Bad && finding.says.contains("may not write it"), "{finding:#?}");
        execute(database.url(), statement_of_grant(finding));
        assert_eq!(state(&examine(&stranger, None).await, "history"), FindingState::Good);
        database.execute(&format!("REASSIGN OWNED BY {} TO CURRENT_USER; DROP OWNED BY {0}", role.name));
    }
}

fn statement_of_grant(finding: &limosa_engine::Finding) -> &str {
    let sql = statement(finding);
    assert!(sql.starts_with("GRANT"), "{finding:#?}");
    sql
}
