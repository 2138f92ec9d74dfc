//! Ids in JSON documents under a re-key: a number is not the text of one, and what is no id stays what it is.

use limosa_testkit::Database;

use crate::place::on_servers;
use crate::rekey::begun;

/// The documents of all rows, in their order.
fn documents(database: &Database) -> Vec<String> {
    let rows = database.execute("SELECT coalesce(payload::text, '-') FROM event ORDER BY id");
    rows.into_iter().map(|row| row[0].clone().unwrap_or_default()).collect()
}

#[test]
fn what_is_no_id_stays_in_its_document() {
    on_servers(|database| {
        let project = begun(
            database,
            "CREATE SEQUENCE numbers;\n\
             CREATE TABLE client (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);\n\
             CREATE TABLE event (id int PRIMARY KEY, payload jsonb);\n",
            "INSERT INTO client (name) VALUES ('ann'), ('bob');\n\
             INSERT INTO event SELECT row_number() OVER (ORDER BY name), jsonb_build_object('client', id)\n\
             FROM client;\n\
             INSERT INTO event VALUES (3, '{\"client\": \"n/a\"}'), (4, '{\"client\": {\"of\": \"us\"}}'),\n\
             (5, '{\"client\": true}'), (6, '{\"client\": null}'), (7, '{}'), (8, '[]'), (9, NULL);\n",
            "rekey client.id --to bigint --default nextval($$numbers$$) --soft 'event.payload at client'",
        );
        let before = documents(database);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let meanwhile = documents(database);
        assert_eq!(meanwhile[2..], before[2..], "what is no id is another now");
        let joined = "SELECT count(*) FROM client c JOIN event e ON jsonb_typeof(payload -> 'client') = 'number' \
                      AND (payload ->> 'client')::bigint = c.id";
        assert_eq!(database.execute(joined), [[Some("2".to_owned())]], "{meanwhile:?}");
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(documents(database), before);
    });
}

#[test]
fn numbers_and_texts_of_numbers_come_back_as_they_were() {
    let setup = "CREATE SEQUENCE numbers START 1000;\n\
                 CREATE TABLE client (id bigint PRIMARY KEY DEFAULT nextval('numbers'), name text);\n\
                 CREATE TABLE event (id int PRIMARY KEY, payload jsonb);\n";
    let rows = "INSERT INTO client VALUES (41, 'ann'), (42, 'bob');\n\
                INSERT INTO event VALUES (1, '{\"client\": 41}'), (2, '{\"client\": \"42\"}');\n";
    on_servers(|database| {
        let to_text = "rekey client.id --to 'varchar(8)' --generate alnum:8 --soft 'event.payload at client'";
        let project = begun(database, setup, rows, to_text);
        let before = documents(database);
        project
            .limosa("up")
            .exits(1)
            .says("payload of a row of public.event has an id of type bigint as a JSON value of another type")
            .says("{\"client\": \"42\"}")
            .says("-- limosa: follows at … where …");
        assert_eq!(documents(database), before);
        database.execute("UPDATE event SET payload = '{\"client\": 42}' WHERE id = 2");
        let before = documents(database);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(documents(database), before);
    });
    on_servers(|database| {
        let to_number = "rekey client.id --to integer --default nextval($$numbers$$) --soft 'event.payload at client'";
        let project = begun(database, setup, rows, to_number);
        let before = documents(database);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let kinds = "SELECT jsonb_typeof(payload -> 'client') FROM event JOIN client ON client.id::text = payload ->> \
                     'client' ORDER BY event.id";
        assert_eq!(database.execute(kinds), [[Some("number".to_owned())], [Some("string".to_owned())]]);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(documents(database), before);
    });
}
