//! Readings under circumstances that are not the best.

use std::time::Duration;

use limosa_catalog::{Identifier, ObjectId, ObjectName};
use limosa_postgres::{ClientContext, ConnectionSettings, IntrospectError, Session};
use limosa_testkit::{PrivateServer, PrivateServerOptions, Proxy, server, servers};

use crate::{Loaded, catalog, session, text};

/// A role that may log in and little else. Roles belong to the whole server and go with the test.
struct Role<'a> {
    database: &'a Loaded,
    name: String,
}

impl<'a> Role<'a> {
    fn new(database: &'a Loaded) -> Self {
        let name = format!("reader_of_{}", database.name().as_str());
        database.execute(&format!("CREATE ROLE {name} LOGIN PASSWORD 'secret'"));
        Self { database, name }
    }

    async fn session(&self) -> Session {
        let (_, place) = self.database.url().split_once('@').unwrap();
        let url = format!("postgresql://{}:secret@{place}", self.name);
        let settings = ConnectionSettings::resolve(&url, &ClientContext::default()).unwrap();
        Session::connect(&settings).await.unwrap()
    }
}

impl Drop for Role<'_> {
    fn drop(&mut self) {
        let _ = self.database.query(&format!("DROP OWNED BY {0}; DROP ROLE {0}", self.name));
    }
}

#[tokio::test]
async fn a_role_without_rights_sees_all_but_what_is_secret() {
    let sql = "CREATE SCHEMA hidden; CREATE TABLE hidden.t (id int PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''));
               CREATE VIEW hidden.v AS SELECT id FROM hidden.t;
               CREATE FUNCTION hidden.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
               REVOKE ALL ON FUNCTION hidden.f FROM PUBLIC;
               CREATE MATERIALIZED VIEW hidden.m AS SELECT id FROM hidden.v;
               CREATE POLICY p ON hidden.t USING (id = 1);
               CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
               CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'secret', \"user\" 'x');
               CREATE SUBSCRIPTION sub CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE);";
    for server in servers() {
        let database = Loaded::new(&server, sql);
        let all = catalog(&database).await;
        assert!(all.unseen().is_empty());
        let role = Role::new(&database);
        let seen = role.session().await.catalog(&[]).await.unwrap();
        let expected = ["the options of user mapping for public on server s", "the connection of subscription sub"];
        assert_eq!(seen.unseen(), expected);
        let differing = text::differing_lines(&all, &seen);
        let expected = "- user mapping for public on server s options: [{\"name\":\"password\",\"value\":\"********\"},\
                        {\"name\":\"user\",\"value\":\"x\"}]\n- subscription sub connection: \"dbname=x\"\n";
        assert_eq!(differing, expected);
    }
}

/// The settings of a session or a role do not show in what is read.
#[tokio::test]
async fn settings_make_no_difference() {
    let sql = "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('a'); CREATE SEQUENCE app.s;
               CREATE TABLE app.t (a date DEFAULT '2020-12-31', b interval DEFAULT '1 year 2 days 03:04:05',
                 c float8 DEFAULT 0.1234567890123456, d bytea DEFAULT '\\xdead',
                 e timestamptz DEFAULT '2020-01-01 00:00+00',
                 f text DEFAULT 'back\\slash', g app.mood DEFAULT 'a', h int DEFAULT nextval('app.s'),
                 i money DEFAULT '$1.50',
                 j timestamptz DEFAULT '2020-06-01 12:00:00+00'::timestamptz);
               CREATE VIEW app.v AS
                    SELECT a, '2 days'::interval AS b, '2020-12-31'::date AS c, 1.5::float4 AS d FROM app.t;
               CREATE FUNCTION app.f(a app.mood DEFAULT 'a', b date DEFAULT '2020-12-31') RETURNS app.mood LANGUAGE sql
                 AS 'SELECT $1';";
    for server in servers() {
        let database = Loaded::new(&server, sql);
        let plain = catalog(&database).await;
        let odd = session(&database).await;
        odd.flight(
            "SET search_path = app, public; SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'sql_standard';
             SET TimeZone = 'Asia/Kolkata'; SET extra_float_digits = -10; SET bytea_output = 'escape';
             SET quote_all_identifiers = on; SET standard_conforming_strings = off; SET jit_above_cost = 0;
             CREATE TEMPORARY TABLE t (id int)",
        )
        .await
        .unwrap();
        let read = odd.catalog(&[]).await.unwrap();
        assert_eq!(text::text(&read), text::text(&plain));
        let path = odd.flight("SHOW search_path").await.unwrap();
        assert_eq!(path.rows[0][0].as_deref(), Some("app, public"), "the session's own settings are back");
    }
}

#[tokio::test]
async fn a_reading_takes_two_round_trips() {
    let database = server().fresh_database();
    let proxy = Proxy::to_url(database.url(), Duration::ZERO);
    let settings = ConnectionSettings::resolve(&proxy.url(database.url()), &ClientContext::default()).unwrap();
    let session = Session::connect(&settings).await.unwrap();
    let mut least = u64::MAX;
    // Where the first answer arrives before the last question has left, one more is counted.
    for _ in 0..5 {
        let before = proxy.counts().round_trips;
        session.catalog(&[]).await.unwrap();
        least = least.min(proxy.counts().round_trips - before);
    }
    assert_eq!(least, 2);
}

/// Readings while others make and drop objects see a state that was, or say why not, and leave the session fit for use.
#[tokio::test]
async fn objects_may_come_and_go_during_a_reading() {
    let database = Loaded::new(&server(), "CREATE TABLE kept (id int PRIMARY KEY)");
    let other = session(&database).await;
    let reader = session(&database).await;
    // A reading locks what it prints, in an order of its own, so a deadlock can hit either side.
    let insist = async |sql: String| {
        while let Err(failure) = other.flight(&sql).await {
            let is_deadlock = failure.error.database().is_some_and(|it| it.sqlstate.code() == "40P01");
            assert!(is_deadlock, "{failure}");
        }
    };
    let come_and_go = async {
        for number in 0..60 {
            insist(format!(
                "CREATE TABLE passing_{number} (id int PRIMARY KEY, b text DEFAULT 'x', c int CHECK (c > 0));
                 CREATE VIEW passes_{number} AS SELECT id FROM passing_{number};
                 CREATE FUNCTION passing_{number}() RETURNS int LANGUAGE sql AS 'SELECT 1';
                 CREATE INDEX ON passing_{number} (lower(b)) WHERE id > 3"
            ))
            .await;
            let gone = number / 2;
            insist(format!("DROP TABLE IF EXISTS passing_{gone} CASCADE; DROP FUNCTION IF EXISTS passing_{gone}()"))
                .await;
        }
    };
    let read = async {
        let mut read = 0;
        for _ in 0..25 {
            match reader.catalog(&[]).await {
                Ok(catalog) => {
                    read += 1;
                    let kept = ObjectName {
                        schema: Identifier::new("public").unwrap(),
                        name: Identifier::new("kept").unwrap(),
                    };
                    assert!(catalog.contains(&ObjectId::Table(kept)));
                }
                Err(IntrospectError::Changing { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        read
    };
    let ((), read) = tokio::join!(come_and_go, read);
    assert!(read > 0, "not one reading came to an end");
    reader.catalog(&[]).await.unwrap();
}

#[tokio::test]
async fn tablespaces_are_named() {
    let options = PrivateServerOptions::default();
    let server = PrivateServer::start_with(server().major(), options);
    let database = server.fresh_database();
    // Each statement alone, as a tablespace cannot be made in a transaction.
    let session = session(&database).await;
    session.flight("SET allow_in_place_tablespaces = on").await.unwrap();
    session.flight("CREATE TABLESPACE fast LOCATION ''").await.unwrap();
    session
        .flight(
            "CREATE TABLE t (id int PRIMARY KEY USING INDEX TABLESPACE fast, during int4range,
               EXCLUDE USING gist (during WITH &&) USING INDEX TABLESPACE fast) TABLESPACE fast;
             CREATE INDEX i ON t (id) TABLESPACE fast;
             CREATE MATERIALIZED VIEW m TABLESPACE fast AS SELECT 1 AS one",
        )
        .await
        .unwrap();
    let read = text::text(&session.catalog(&[]).await.unwrap());
    assert_eq!(read.matches("tablespace: \"fast\"").count(), 3, "{read}");
    assert_eq!(read.matches("\"tablespace\":\"fast\"").count(), 2, "{read}");
    session.flight("DROP TABLE t; DROP MATERIALIZED VIEW m").await.unwrap();
    session.flight("DROP TABLESPACE fast").await.unwrap();
}
