//! What the server is, and how it is set.

use limosa_engine::FindingState;
use limosa_testkit::{PrivateServer, servers};

use crate::{Role, examine, of, state, statement, target};

#[tokio::test]
async fn an_empty_database_of_a_superuser_is_fit() {
    for server in servers() {
        let database = server.fresh_database();
        let examination = examine(&target(database.url()), None).await;
        let checks: Vec<_> = examination.findings.iter().map(|finding| finding.check.as_str()).collect();
        assert_eq!(
            checks,
            [
                "connection",
                "pooler",
                "version",
                "primary",
                "role",
                "history",
                "lock",
                "schemas",
                "ownership",
                "old-history",
                "invalid-indexes",
                "open-transactions",
                "connections",
                "timeouts"
            ]
        );
        assert_eq!(examination.worst(), FindingState::Note, "{examination:#?}");
        assert_eq!(state(&examination, "role"), FindingState::Note, "a superuser is more than it takes");
        assert!(of(&examination, "version").says.starts_with(&format!("PostgreSQL {}.", server.major())));
        let json = serde_json::to_value(&examination).unwrap();
        assert_eq!(json["findings"][0]["check"], "connection");
        assert_eq!(json["service"], "clinic");
    }
}

#[tokio::test]
async fn a_standby_takes_no_writes() {
    for server in servers() {
        let mut primary = PrivateServer::start(server.major());
        let standby = primary.standby();
        let examination = examine(&target(standby.url()), None).await;
        assert_eq!(state(&examination, "primary"), FindingState::Bad);
        assert!(of(&examination, "primary").says.contains("standby"), "{examination:#?}");
    }
}

#[tokio::test]
async fn a_server_that_is_read_only_by_default_says_where_that_comes_from() {
    for server in servers() {
        let role = Role::create(&server, "LOGIN");
        let database = server.fresh_database();
        let (who, place) = (&role.name, database.name());
        let target = target(&role.url(&database));
        for at in [format!("ROLE {who}"), format!("DATABASE {place}"), format!("ROLE {who} IN DATABASE {place}")] {
            database.execute(&format!("ALTER {at} SET default_transaction_read_only = on"));
            let examination = examine(&target, None).await;
            let finding = of(&examination, "primary");
            assert_eq!(finding.state, FindingState::Bad);
            assert!(statement(finding).contains(&format!("ALTER {at} RESET")), "{finding:#?}");
            database.execute(statement(finding));
            assert_eq!(state(&examine(&target, None).await, "primary"), FindingState::Good, "{at}");
        }
    }
}

#[tokio::test]
async fn timeouts_of_the_role_are_found() {
    for server in servers() {
        let role = Role::create(&server, "LOGIN");
        let database = server.fresh_database();
        let mut target = target(&role.url(&database));
        database.execute(&format!("ALTER ROLE {} SET statement_timeout = '2min'", role.name));
        let examination = examine(&target, None).await;
        let finding = of(&examination, "timeouts");
        assert_eq!(finding.detail, ["statement_timeout is 2 min, from the role: longer statements are cancelled"]);
        target.statement_timeout = Some(std::time::Duration::from_secs(3_600));
        assert_eq!(state(&examine(&target, None).await, "timeouts"), FindingState::Good);

        if server.major().number() >= 17 {
            database.execute(&format!("ALTER ROLE {} SET transaction_timeout = '5min'", role.name));
            let examination = examine(&target, None).await;
            let finding = of(&examination, "timeouts");
            assert_eq!(finding.state, FindingState::Warning);
            database.execute(statement(finding));
            assert_eq!(state(&examine(&target, None).await, "timeouts"), FindingState::Good);
        }
    }
}
