//! What lies in the database already.

use limosa_engine::FindingState;
use limosa_postgres::Session;
use limosa_testkit::servers;

use crate::{Role, apply, examine, migrations, of, state, statement, target};

#[tokio::test]
async fn the_history_of_another_tool_is_counted_unless_it_is_locked() {
    for server in servers() {
        let database = server.fresh_database();
        let target = target(database.url());
        database.execute(
            "CREATE TABLE _prisma_migrations (id text); INSERT INTO _prisma_migrations VALUES ('1'), ('2');
             CREATE SCHEMA \"Old\"; CREATE TABLE \"Old\".\"SequelizeMeta\" (name text); CREATE TABLE migrant (id int)",
        );
        let examination = examine(&target, None).await;
        let finding = of(&examination, "old-history");
        assert_eq!(finding.state, FindingState::Warning);
        assert_eq!(finding.detail, ["Old.SequelizeMeta (Sequelize): 0 rows", "public._prisma_migrations: 2 rows"]);

        let other = Session::connect(&target.settings).await.unwrap();
        other.flight("BEGIN; LOCK TABLE _prisma_migrations").await.unwrap();
        let examination = examine(&target, None).await;
        assert_eq!(of(&examination, "old-history").detail[1], "public._prisma_migrations: not readable");
        other.close().await;

        let report = apply(&target, &migrations(&["CREATE TABLE visit (id int)"])).await;
        assert!(report.error.is_none(), "{report:#?}");
        assert_eq!(state(&examine(&target, None).await, "old-history"), FindingState::Note);
    }
}

#[tokio::test]
async fn extensions_are_looked_for_before_a_migration_fails_for_them() {
    for server in servers() {
        let role = Role::create(&server, "LOGIN");
        let database = server.fresh_database();
        let target = target(&role.url(&database));
        let set = migrations(&[
            "CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS file_fdw",
            "CREATE EXTENSION no_such_extension",
        ]);
        let examination = examine(&target, Some(&set)).await;
        let finding = of(&examination, "extensions");
        assert_eq!(finding.state, FindingState::Bad);
        assert_eq!(finding.detail.len(), 3, "{finding:#?}");
        assert!(finding.detail.iter().any(|line| line.starts_with("no_such_extension (migrations/2_step.sql)")));

        let set = migrations(&["CREATE EXTENSION citext; CREATE EXTENSION file_fdw"]);
        database.execute(&format!("GRANT CREATE ON DATABASE {} TO {}", database.name(), role.name));
        let examination = examine(&target, Some(&set)).await;
        let finding = of(&examination, "extensions");
        assert_eq!((finding.state, finding.detail.len()), (FindingState::Warning, 1), "{finding:#?}");
        assert!(finding.detail[0].starts_with("file_fdw"), "{finding:#?}");
        database.execute("CREATE EXTENSION file_fdw");
        assert_eq!(state(&examine(&target, Some(&set)).await, "extensions"), FindingState::Good);
    }
}

#[tokio::test]
async fn whoever_holds_the_lock_is_named() {
    for server in servers() {
        let database = server.fresh_database();
        let target = target(database.url());
        let gate = Session::connect(&target.settings).await.unwrap();
        gate.flight("SELECT pg_advisory_lock(42)").await.unwrap();
        let set = migrations(&["SELECT pg_advisory_xact_lock(42)"]);
        let mut runner = target.clone();
        runner.settings = runner.settings.with_application_name("the runner");
        let (report, ()) = tokio::join!(apply(&runner, &set), async {
            loop {
                let examination = examine(&target, Some(&set)).await;
                let lock = of(&examination, "lock");
                if lock.state == FindingState::Warning {
                    assert!(lock.detail[0].contains("application the runner"), "{lock:#?}");
                    break;
                }
            }
            gate.close().await;
        });
        assert!(report.error.is_none(), "{report:#?}");
        assert_eq!(state(&examine(&target, Some(&set)).await, "lock"), FindingState::Good);
    }
}

#[tokio::test]
async fn what_a_failed_run_left_is_found() {
    for server in servers() {
        let database = server.fresh_database();
        let target = target(database.url());
        let set = migrations(&[
            "CREATE TABLE visit (id int); INSERT INTO visit VALUES (1), (1)",
            "VACUUM visit; CREATE UNIQUE INDEX CONCURRENTLY visit_id ON visit (id)",
        ]);
        assert!(apply(&target, &set).await.error.is_some(), "the values are not unique");
        let killed = database.query("CREATE UNIQUE INDEX CONCURRENTLY visit_id ON visit (id)");
        assert!(killed.is_err(), "an index as a build leaves it whose client is killed");
        let examination = examine(&target, Some(&set)).await;
        assert_eq!(of(&examination, "unfinished").says, "migration 2 step was begun and is not finished");
        let index = of(&examination, "invalid-indexes");
        assert_eq!(
            (index.state, index.detail[0].as_str()),
            (FindingState::Warning, "\"public\".\"visit_id\" on visit")
        );
        assert!(index.hint.as_deref().unwrap().starts_with("`limosa up`"), "{index:#?}");

        database.execute("DELETE FROM visit");
        let report = apply(&target, &set).await;
        assert!(report.error.is_none(), "{report:#?}");
        let examination = examine(&target, Some(&set)).await;
        assert!(examination.findings.iter().all(|finding| finding.check.as_str() != "unfinished"), "{examination:#?}");
        assert_eq!(of(&examination, "history").says, "2 migrations in effect, on record in schema limosa");

        database.execute("UPDATE limosa.format SET version = 99");
        let examination = examine(&target, Some(&set)).await;
        assert_eq!(state(&examination, "history"), FindingState::Bad, "{examination:#?}");
    }
}

#[tokio::test]
async fn an_index_that_a_build_left_invalid_is_built_again_as_the_hint_says() {
    for server in servers() {
        let database = server.fresh_database();
        let target = target(database.url());
        database.execute("CREATE TABLE visit (id int); INSERT INTO visit VALUES (1), (1)");
        let refused = database.query("CREATE UNIQUE INDEX CONCURRENTLY \"Visit id\" ON visit (id)");
        assert!(refused.is_err(), "the values are not unique");
        let examination = examine(&target, None).await;
        let finding = of(&examination, "invalid-indexes");
        assert!(database.query(statement(finding)).is_err(), "they still are not, which leaves a second index");
        let examination = examine(&target, None).await;
        assert_eq!(of(&examination, "invalid-indexes").detail.len(), 2, "{examination:#?}");

        database.execute("DELETE FROM visit");
        for _ in 0..2 {
            let examination = examine(&target, None).await;
            database.execute(statement(of(&examination, "invalid-indexes")));
        }
        assert_eq!(state(&examine(&target, None).await, "invalid-indexes"), FindingState::Good);
    }
}
