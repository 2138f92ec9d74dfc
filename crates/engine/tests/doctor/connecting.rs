//! Connections that are not to be had, and poolers.

use limosa_engine::FindingState;
use limosa_testkit::{PgBouncer, PoolMode, server, servers};

use crate::{Role, apply, examine, migrations, of, state, target};

#[tokio::test]
async fn a_target_that_cannot_be_reached_is_one_finding() {
    let database = server().fresh_database();
    let missing = database.url().replacen(database.name().as_str(), "no_such_database", 1);
    for (url, word) in [
        ("postgresql://ada@127.0.0.1:1/clinic", "cannot reach"),
        (missing.as_str(), "has no database"),
        (&database.url().replacen("://", "://no_such_role_", 1), "password"),
    ] {
        let examination = examine(&target(url), None).await;
        assert_eq!(examination.findings.len(), 1, "{examination:#?}");
        assert_eq!(examination.worst(), FindingState::Bad);
        assert!(of(&examination, "connection").says.contains(word), "{examination:#?}");
    }
}

#[tokio::test]
async fn a_second_connection_that_is_refused_is_told_as_well() {
    for server in servers() {
        let alone = Role::create(&server, "LOGIN CONNECTION LIMIT 1");
        let few = Role::create(&server, "LOGIN CONNECTION LIMIT 4");
        let database = server.fresh_database();
        let examination = examine(&target(&alone.url(&database)), None).await;
        let refused = of(&examination, "connections");
        assert_eq!(refused.state, FindingState::Bad);
        assert!(refused.says.contains("the second is refused"), "{refused:#?}");

        let examination = examine(&target(&few.url(&database)), None).await;
        assert_eq!(state(&examination, "connections"), FindingState::Warning, "{examination:#?}");
    }
}

#[tokio::test]
async fn a_transaction_pooler_is_told_apart_and_judged_by_what_is_pending() {
    for server in servers() {
        let database = server.fresh_database();
        let Some(pooler) = PgBouncer::start(server.url(), PoolMode::Transaction) else {
            eprintln!("skipped: no pgbouncer on this machine (Debian: apt-get install pgbouncer)");
            return;
        };
        let direct = target(database.url());
        assert_eq!(state(&examine(&direct, None).await, "pooler"), FindingState::Good);

        let mut pooled = target(&pooler.url(database.url()));
        let table = migrations(&["CREATE TABLE visit (id int)"]);
        let set = migrations(&["CREATE TABLE visit (id int)", "CREATE INDEX CONCURRENTLY visit_id ON visit (id)"]);
        let examination = examine(&pooled, Some(&set)).await;
        assert_eq!(state(&examination, "pooler"), FindingState::Note, "nothing has to be set for the session");
        pooled.search_path = Some("\"public\"".to_owned());
        let examination = examine(&pooled, Some(&set)).await;
        assert_eq!(state(&examination, "pooler"), FindingState::Bad);
        assert_eq!(of(&examination, "pooler").detail[1], "migrations/2_step.sql: CREATE INDEX CONCURRENTLY");
        assert_eq!(state(&examine(&pooled, Some(&table)).await, "pooler"), FindingState::Note);

        let report = apply(&pooled, &table).await;
        assert!(report.error.is_none(), "{report:#?}");
        assert_eq!(state(&examine(&pooled, None).await, "lock"), FindingState::Good, "the lease was given back");
        database.execute(
            "INSERT INTO limosa.lease (service, holder, expires_at) VALUES ('clinic', 'bo', now() + '1 hour')",
        );
        for target in [&direct, &pooled] {
            let examination = examine(target, None).await;
            let lock = of(&examination, "lock");
            assert_eq!(lock.state, FindingState::Warning);
            assert!(lock.detail[0].starts_with("held by bo, since "), "{lock:#?}");
        }
    }
}
