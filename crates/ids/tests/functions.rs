//! The functions on real servers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::HashSet;

use limosa_catalog::Identifier;
use limosa_ids::{GeneratorSpec, Key, Kind, Prefix, Sources};
use limosa_testkit::{Connection, Database, Rows, servers};

fn key() -> Key {
    "00112233445566778899aabbccddeeff".repeat(2).parse().unwrap()
}

fn schema() -> Identifier {
    Identifier::new("Id \"makers\"").unwrap()
}

/// Every kind as it is usually, with a prefix, and with its longest length.
fn specs() -> Vec<GeneratorSpec> {
    let of = |kind: Kind| {
        let usual = GeneratorSpec::new(kind);
        let prefixed = usual.clone().with_prefix(Prefix::new("pat_").unwrap());
        let longest = usual.clone().with_length(u64::from(*kind.lengths().range.end())).unwrap();
        [usual, prefixed, longest]
    };
    let mut specs: Vec<GeneratorSpec> = Kind::ALL.into_iter().flat_map(of).collect();
    let mut seen = HashSet::new();
    specs.retain(|spec| seen.insert(spec.clone()));
    specs
}

fn database_with(specs: &[GeneratorSpec], server: &limosa_testkit::Server) -> Database {
    let database = server.fresh_database();
    database.execute(&format!("CREATE SCHEMA {}", schema()));
    for spec in specs {
        database.execute(&spec.sql_function(&schema(), &key()).unwrap().create);
    }
    database
}

fn texts(rows: Rows) -> Vec<String> {
    rows.into_iter().flatten().flatten().collect()
}

#[test]
fn ids_made_by_the_server_are_what_the_client_takes_for_ids() {
    for server in servers() {
        let specs = specs();
        let database = database_with(&specs, &server);
        for spec in &specs {
            let function = spec.sql_function(&schema(), &key()).unwrap();
            let name = &function.name;
            let ids = texts(database.execute(&format!("SELECT {name}() FROM generate_series(1, 10000)")));
            for id in &ids {
                assert_eq!(spec.check(id), Ok(()), "{spec} made {id} on {}", server.major());
            }
            assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 10_000, "{spec} made one twice");
            if matches!(spec.kind(), Kind::Uuid7 | Kind::Ulid) {
                assert_eq!(ids.windows(2).find(|pair| pair[0] >= pair[1]), None, "{spec} is not in order");
            }
            let kind =
                format!("SELECT format_type(prorettype, NULL) FROM pg_proc WHERE oid = '{name}()'::regprocedure");
            assert_eq!(texts(database.execute(&kind)), [function.returns]);
        }
    }
}

#[test]
fn the_permutation_is_the_same_on_the_client_and_on_the_server() {
    for server in servers() {
        for (word, from) in
            [("alnum:3", 0), ("alnum:pat_", 0), ("alnum", 1 << 40), ("alnum:9", 77), ("alnum:10", 1 << 58)]
        {
            let spec: GeneratorSpec = word.parse().unwrap();
            let database = database_with(std::slice::from_ref(&spec), &server);
            let name = spec.function_name();
            let of = Identifier::new(format!("{name}_of")).unwrap();
            let sql = format!("SELECT {}.{of}(number) FROM generate_series({from}, {from} + 2999) number", schema());
            let theirs = texts(database.execute(&sql));
            let sources = Sources { permuted: Some((key(), from)), ..Sources::system() };
            let mut generator = spec.generator(sources).unwrap();
            let ours: Vec<String> = (0..3000)
                .map(|_| {
                    let mut id = String::new();
                    generator.write(&mut id).unwrap();
                    id
                })
                .collect();
            assert_eq!(ours, theirs, "{word} on {}", server.major());
        }
    }
}

#[test]
fn the_whole_of_a_small_domain_has_no_two_alike_and_then_ends() {
    let spec: GeneratorSpec = "alnum:3".parse().unwrap();
    for server in servers() {
        let database = database_with(std::slice::from_ref(&spec), &server);
        let name = spec.sql_function(&schema(), &key()).unwrap().name;
        let all = format!(
            "SELECT count(DISTINCT id), count(*) FROM (SELECT {name}() AS id FROM generate_series(1, 238328)) made"
        );
        assert_eq!(texts(database.execute(&all)), ["238328", "238328"]);
        let failure = database.query(&format!("SELECT {name}()")).unwrap_err();
        assert!(failure.message.contains("reached maximum value of sequence"), "{failure}");
    }
}

#[test]
fn a_function_is_a_default_for_a_role_that_may_only_insert_and_hijacks_nothing() {
    for server in servers() {
        let specs = specs();
        let database = database_with(&specs, &server);
        let role = Identifier::new(format!("{}_clerk", database.name().as_str())).unwrap();
        database.execute(&format!("CREATE ROLE {role}"));
        // What a clerk puts in the way: functions of the same names, found first.
        database.execute(&format!(
            "CREATE SCHEMA traps AUTHORIZATION {role};
             CREATE FUNCTION traps.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT '\\x00'::bytea $$;
             CREATE FUNCTION traps.gen_random_uuid() RETURNS uuid LANGUAGE sql AS $$ SELECT NULL::uuid $$;"
        ));
        for spec in &specs {
            let name = spec.sql_function(&schema(), &key()).unwrap().name;
            database.execute(&format!(
                "CREATE TABLE patient (name text, id text UNIQUE DEFAULT {name}());
                 GRANT INSERT, SELECT ON patient TO {role};"
            ));
            let session = Connection::open(database.url());
            session.execute(&format!("SET ROLE {role}; SET search_path = traps, pg_catalog, public"));
            let ids = texts(session.execute("INSERT INTO patient (name) VALUES ('a'), ('b') RETURNING id"));
            ids.iter().for_each(|id| assert_eq!(spec.check(id), Ok(()), "{spec} made {id}"));
            drop(session);
            database.execute("DROP TABLE patient");
        }
        database.execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
    }
}

#[test]
fn a_random_id_that_is_taken_is_tried_again() {
    let spec: GeneratorSpec = "alnum-random:3:pat_".parse().unwrap();
    for server in servers() {
        let database = database_with(std::slice::from_ref(&spec), &server);
        let name = spec.sql_function(&schema(), &key()).unwrap().name;
        database.execute("CREATE TABLE \"My table\" (\"Public id\" text)");
        // Nearly all ids are taken, so that one in thirty is free.
        database.execute(
            "INSERT INTO \"My table\"
             SELECT 'pat_' || substr(d, a, 1) || substr(d, b, 1) || substr(d, c, 1)
             FROM (VALUES ('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')) digits (d),
                 generate_series(1, 60) a, generate_series(1, 62) b, generate_series(1, 62) c;
             CREATE INDEX ON \"My table\" (\"Public id\"); ANALYZE \"My table\"",
        );
        let free = format!("SELECT {name}('\"My table\"', 'Public id')");
        let mut found = 0;
        for _ in 0..20 {
            match database.query(&free) {
                Ok(rows) => {
                    let id = texts(rows).pop().unwrap();
                    let taken = format!("SELECT count(*) FROM \"My table\" WHERE \"Public id\" = '{id}'");
                    assert_eq!(texts(database.execute(&taken)), ["0"], "{id} is taken");
                    found += 1;
                }
                Err(failure) => assert_eq!(failure.state.as_deref(), Some("23505"), "{failure}"),
            }
        }
        assert!(found > 10, "{found} of 20 were found, where 19 are to be expected");
        database.execute(
            "INSERT INTO \"My table\" SELECT 'pat_' || substr(d, a, 1) || substr(d, b, 1) || substr(d, c, 1)
             FROM (VALUES ('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')) digits (d),
                 generate_series(61, 62) a, generate_series(1, 62) b, generate_series(1, 62) c",
        );
        assert_eq!(database.query(&free).unwrap_err().state.as_deref(), Some("23505"));
    }
}

#[test]
fn what_is_made_can_be_dropped_and_nothing_is_left() {
    for server in servers() {
        let specs = specs();
        let database = database_with(&specs, &server);
        for spec in &specs {
            database.execute(&spec.sql_function(&schema(), &key()).unwrap().drop);
        }
        let left = "SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = n.oid)
                        + (SELECT count(*) FROM pg_class WHERE relnamespace = n.oid)
                    FROM pg_namespace n WHERE nspname LIKE 'Id%'";
        assert_eq!(texts(database.execute(left)), ["0"]);
    }
}
