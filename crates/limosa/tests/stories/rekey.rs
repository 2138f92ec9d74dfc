//! `limosa rekey`: a key gets other values, with all that refers to it, while clients of both versions are at work.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

/// A key, what refers to it by itself, by foreign keys of several kinds, from partitions, and without any.
pub(crate) const GRAPH: &str = "\
CREATE TABLE client (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant int NOT NULL DEFAULT 1,
    parent_id uuid REFERENCES client,
    name text NOT NULL,
    UNIQUE (tenant, id)
);
COMMENT ON COLUMN client.id IS 'who it is';
CREATE INDEX client_name_idx ON client (lower(name), id) WHERE tenant > 0;
CREATE TABLE visit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES client ON UPDATE CASCADE ON DELETE CASCADE,
    reason text,
    CHECK (client_id IS NOT NULL OR reason IS NULL),
    UNIQUE (client_id, reason)
);
CREATE INDEX visit_client_idx ON visit (client_id, id DESC);
CREATE TABLE invoice (
    id int PRIMARY KEY,
    client_id uuid REFERENCES client ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    total numeric
);
CREATE TABLE letter (
    id int PRIMARY KEY,
    tenant int NOT NULL,
    client_id uuid NOT NULL,
    FOREIGN KEY (tenant, client_id) REFERENCES client (tenant, id)
);
CREATE TABLE event (at date NOT NULL, client_id uuid NOT NULL REFERENCES client ON DELETE CASCADE, kind text)
    PARTITION BY RANGE (at);
CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE INDEX event_client_idx ON event (client_id);
CREATE TABLE note (id int PRIMARY KEY, subject_type text NOT NULL, subject_id text, team uuid[], payload jsonb);
CREATE VIEW busy AS SELECT client.id, client.name, count(*) AS visits
    FROM client JOIN visit ON visit.client_id = client.id GROUP BY client.id, client.name;
CREATE VIEW busiest AS SELECT id FROM busy WHERE visits > 3;
CREATE MATERIALIZED VIEW regulars AS SELECT id, visits FROM busy WHERE visits > 1;
CREATE UNIQUE INDEX regulars_id ON regulars (id);
COMMENT ON MATERIALIZED VIEW regulars IS 'who comes again';
COMMENT ON VIEW busy IS 'who comes often';
CREATE FUNCTION name_of(who uuid) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN RETURN (SELECT name FROM client WHERE id = who); END $$;
";

pub(crate) const ROWS: &str = "\
INSERT INTO client (name, tenant) SELECT 'client ' || i, i % 3 FROM generate_series(1, 400) i;
UPDATE client c SET parent_id = p.id FROM client p WHERE p.name = 'client 1' AND c.name <> p.name;
INSERT INTO visit (client_id, reason) SELECT id, 'r' || i FROM client, generate_series(1, 3) i;
INSERT INTO invoice SELECT row_number() OVER (), id, 7 FROM client;
INSERT INTO invoice VALUES (0, NULL, 1);
INSERT INTO letter SELECT row_number() OVER (), tenant, id FROM client;
INSERT INTO event SELECT date '2026-02-03', id, 'a' FROM client UNION ALL SELECT date '2020-02-03', id, 'b' FROM client;
INSERT INTO note SELECT row_number() OVER (), 'client', id, ARRAY[id, parent_id], jsonb_build_object('client',
    jsonb_build_object('id', id, 'n', 1)) FROM client;
INSERT INTO note VALUES (0, 'visit', '12', NULL, '{\"a\": 1}'), (-1, 'client', 'nobody', '{}', NULL),
    (-2, 'client', NULL, NULL, '{\"client\": null}'),
    (-3, 'client', '6f9619ff-8b86-d011-b42d-00c04fc964ff', NULL, NULL);
";

/// How the key of the graph is changed.
pub(crate) const REKEY: &str = "rekey client.id --to 'varchar(8)' --generate alnum:8 --name change_client_id \
     --soft 'note.subject_id where subject_type = $$client$$' --soft 'note.team' --soft 'note.payload at client.id'";

/// A project whose first migration makes this, with these rows, and a second that changes a key.
pub(crate) fn begun(database: &Database, setup: &str, rows: &str, rekey: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", setup);
    project.limosa("up").exits(0);
    database.execute(rows);
    project.limosa(rekey).exits(0);
    project
}

/// Columns, constraints, indexes, partitions, triggers and views by their names, and functions in the history's schema.
const SHAPE: &str = "\
SELECT line FROM (
  SELECT 'column ' || c.relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' '
    || attidentity::text || ' ' || coalesce((SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
      WHERE adrelid = attrelid AND adnum = attnum), '-') || ' ' || coalesce(col_description(c.oid, attnum), '-') AS line
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT 'constraint ' || conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid) || ' '
    || convalidated FROM pg_constraint own WHERE connamespace = 'public'::regnamespace
    AND (contype <> 'f' OR conparentid = 0
      OR conrelid <> (SELECT whole.conrelid FROM pg_constraint whole WHERE whole.oid = own.conparentid))
  UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index
    JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'part ' || inhrelid::regclass || ' of ' || inhparent::regclass FROM pg_inherits
  UNION ALL SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'view ' || viewname || ' ' || definition || coalesce(obj_description(viewname::regclass), '')
    FROM pg_views WHERE schemaname = 'public'
  UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'limosa'::regnamespace) AS lines
ORDER BY line";

/// All that matters of a schema.
pub(crate) fn shape(database: &Database) -> String {
    rows(database, SHAPE).join("\n")
}

/// All rows of the tables that the setup makes, as texts.
pub(crate) fn all_rows(database: &Database, tables: &[&str]) -> String {
    let one = |table: &&str| rows(database, &format!("SELECT '{table}', t::text FROM {table} t ORDER BY 2")).join("\n");
    tables.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// What the plain statements of the second migration lead to on empty tables.
pub(crate) fn plainly(database: &Database, project: &Project, setup: &str) -> String {
    let other = database.server().fresh_database();
    let file = "migrations/002_change_client_id.sql";
    let plain = Project::on(&other).with("migrations/001_setup.sql", setup).with(file, project.read(file));
    plain.limosa("up").exits(0);
    shape(&other)
}

/// What queries give, in some order that does not change.
pub(crate) fn in_order(database: &Database, queries: &[&str]) -> String {
    let one = |query: &&str| rows(database, &format!("SELECT t::text FROM ({query}) t ORDER BY 1")).join("\n");
    queries.iter().map(one).collect::<Vec<_>>().join("\n")
}

pub(crate) fn one(database: &Database, sql: &str) -> String {
    rows(database, sql).join(",")
}

pub(crate) const CHILD: &str = "\
CREATE TABLE client (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);
CREATE TABLE visit (id int PRIMARY KEY, client_id uuid NOT NULL REFERENCES client ON DELETE CASCADE);
CREATE INDEX visit_client_idx ON visit (client_id);
";

/// Columns by name, since those that change stand last afterwards.
const CHILD_COLUMNS: &[&str] = &["SELECT id, name FROM client", "SELECT id, client_id FROM visit"];

pub(crate) const CHILD_ROWS: &str = "\
INSERT INTO client (name) SELECT 'client ' || i FROM generate_series(1, 300) i;
INSERT INTO visit SELECT row_number() OVER (), id FROM client;
";

#[test]
fn a_key_changes_with_what_refers_to_it_there_and_back() {
    on_servers(|database| {
        let rekey = "rekey client.id --to 'varchar(8)' --generate alnum:8 --name change_client_id";
        let project = begun(database, CHILD, CHILD_ROWS, rekey);
        let (before, all) = (shape(database), all_rows(database, &["client", "visit"]));
        let ids = in_order(database, CHILD_COLUMNS);
        project.limosa("up").exits(0).says("limosa contract 002");
        project.limosa("drift").exits(0);
        project.limosa("abort 002").exits(0);
        assert_eq!(shape(database), before, "after the abort");
        assert_eq!(all_rows(database, &["client", "visit"]), all, "after the abort");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0).says("re-key public.client.id");
        assert_eq!(shape(database), plainly(database, &project, CHILD), "after contract");
        project.limosa("drift").exits(0);
        let joined = "SELECT count(*) FROM visit JOIN client ON client.id = visit.client_id \
                      JOIN limosa.map_client ON map_client.new_id = client.id WHERE length(client.id) = 8";
        assert_eq!(one(database, joined), "300");
        database.execute("INSERT INTO client (id, name) VALUES ('mine', 'a'); INSERT INTO visit VALUES (1001, 'mine')");
        database.execute("INSERT INTO client (name) VALUES ('b')");
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        database.execute("DELETE FROM client WHERE name IN ('a', 'b')");
        assert_eq!(shape(database), before, "after the way back");
        assert_eq!(in_order(database, CHILD_COLUMNS), ids, "old ids are others");
        project.limosa("drift").exits(0);
    });
}

const TABLES: &[&str] = &["client", "visit", "invoice", "letter", "event", "note"];

const GRAPH_COLUMNS: &[&str] = &[
    "SELECT id, tenant, parent_id, name FROM client",
    "SELECT id, client_id, reason FROM visit",
    "SELECT id, client_id, total FROM invoice",
    "SELECT id, tenant, client_id FROM letter",
    "SELECT at, client_id, kind FROM event",
    "SELECT id, subject_type, subject_id, team, payload FROM note",
];

#[test]
fn a_whole_graph_follows_there_and_back() {
    on_servers(|database| {
        let project = begun(database, GRAPH, ROWS, REKEY);
        let (before, all) = (shape(database), all_rows(database, TABLES));
        let ids = in_order(database, GRAPH_COLUMNS);
        project.limosa("up").exits(0);
        project.limosa("drift").exits(0);
        project.limosa("abort 002").exits(0);
        assert_eq!(shape(database), before, "after the abort");
        assert_eq!(all_rows(database, TABLES), all, "after the abort");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(shape(database), plainly(database, &project, GRAPH), "after contract");
        project.limosa("drift").exits(0);
        for (what, sql, count) in [
            ("visits", "SELECT count(*) FROM visit JOIN client ON client.id = client_id", "1200"),
            ("parents", "SELECT count(*) FROM client c JOIN client p ON p.id = c.parent_id", "399"),
            ("invoices", "SELECT count(*) FROM invoice JOIN client ON client.id = client_id", "400"),
            ("letters", "SELECT count(*) FROM letter JOIN client USING (tenant) WHERE client.id = client_id", "400"),
            ("events", "SELECT count(*) FROM event JOIN client ON client.id = client_id", "800"),
            ("notes", "SELECT count(*) FROM note JOIN client ON client.id = subject_id", "400"),
            ("teams", "SELECT count(*) FROM note JOIN client ON client.id = team[1]", "400"),
            ("documents", "SELECT count(*) FROM note JOIN client ON client.id = payload #>> '{client,id}'", "400"),
            ("others", "SELECT subject_id FROM note WHERE id = 0", "12"),
            ("what is no id", "SELECT subject_id FROM note WHERE id = -1", "nobody"),
            ("what refers to nothing", "SELECT length(subject_id) FROM note WHERE id = -3", "8"),
            ("a view", "SELECT count(*) FROM busy WHERE length(id) = 8", "400"),
        ] {
            assert_eq!(one(database, sql), count, "{what}");
        }
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(shape(database), before, "after the way back");
        assert_eq!(in_order(database, GRAPH_COLUMNS), ids, "old ids are others");
        project.limosa("drift").exits(0);
        // And again: nothing was left behind.
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(shape(database), plainly(database, &project, GRAPH), "after the second contract");
    });
}

/// The new id of a client by its name, and the column that holds it until contract.
fn interim(database: &Database, table: &str) -> String {
    let sql = format!(
        "SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname LIKE 'limosa_online_%' \
         AND attname NOT LIKE '%parent%' AND NOT attisdropped"
    );
    one(database, &sql)
}

#[test]
fn both_ids_work_side_by_side() {
    on_servers(|database| {
        let project = begun(database, GRAPH, ROWS, REKEY);
        project.limosa("up").exits(0);
        let [client, visit, invoice, event] =
            ["client", "visit", "invoice", "event"].map(|table| interim(database, table));
        // Does both sides of every row mean the same? Nothing is out of step after any of these.
        let agree = || {
            let sql = format!(
                "SELECT count(*) FROM client c LEFT JOIN limosa.map_client m ON m.old_id = c.id \
                 WHERE m.new_id IS DISTINCT FROM c.{client} \
                 UNION ALL SELECT count(*) FROM visit v LEFT JOIN client c ON c.id = v.client_id \
                 WHERE c.{client} IS DISTINCT FROM v.{visit} \
                 UNION ALL SELECT count(*) FROM invoice v LEFT JOIN client c ON c.id = v.client_id \
                 WHERE c.{client} IS DISTINCT FROM v.{invoice}"
            );
            assert_eq!(rows(database, &sql), ["0", "0", "0"]);
        };
        agree();
        let id = |name: &str| one(database, &format!("SELECT id FROM client WHERE name = '{name}'"));
        let new_id = |name: &str| one(database, &format!("SELECT {client} FROM client WHERE name = '{name}'"));

        // An old client, then a new one, write the key and what refers to it.
        database.execute("INSERT INTO client (name) VALUES ('old')");
        database.execute(&format!("INSERT INTO client (name, {client}) VALUES ('new', 'New00001')"));
        database.execute(&format!("INSERT INTO visit (client_id, reason) VALUES ('{}', 'by old')", id("new")));
        database.execute(&format!("INSERT INTO visit ({visit}, reason) VALUES ('{}', 'by new')", new_id("old")));
        agree();
        assert_eq!(
            one(
                database,
                "SELECT count(*) FROM visit JOIN client ON client.id = client_id WHERE \
             (name, reason) IN (('new', 'by old'), ('old', 'by new'))"
            ),
            "2"
        );

        // What refers comes before the key, in one transaction and even in one statement.
        database.execute(
            "BEGIN; INSERT INTO invoice VALUES (1001, '00000000-0000-0000-0000-000000000001', 1); \
             INSERT INTO client (id, name) VALUES ('00000000-0000-0000-0000-000000000001', 'late'); COMMIT",
        );
        database.execute(&format!(
            "BEGIN; INSERT INTO invoice (id, {invoice}) VALUES (1002, 'Late0002'); \
             INSERT INTO client ({client}, name) VALUES ('Late0002', 'late too'); COMMIT"
        ));
        database.execute(
            "INSERT INTO client (id, parent_id, name) VALUES ('00000000-0000-0000-0000-000000000003', \
             '00000000-0000-0000-0000-000000000004', 'child'), ('00000000-0000-0000-0000-000000000004', NULL, 'root')",
        );
        database.execute(
            "WITH c AS (INSERT INTO client (name) VALUES ('both') RETURNING id) \
             INSERT INTO visit (client_id, reason) SELECT id, 'at once' FROM c",
        );
        agree();
        let family = format!(
            "SELECT count(*) FROM client c JOIN client p ON p.{client} = c.{} AND p.id = c.parent_id \
             WHERE c.name = 'child'",
            client.replace("_id", "_parent_id")
        );
        assert_eq!(one(database, &family), "1", "{family}");
        assert_eq!(
            one(
                database,
                &format!(
                    "SELECT name FROM client JOIN invoice ON client.id = client_id WHERE \
             invoice.id = 1002 AND {client} = 'Late0002'"
                )
            ),
            "late too"
        );

        // Keys change, rows move to other clients, references go.
        database.execute("UPDATE client SET id = '00000000-0000-0000-0000-000000000009' WHERE name = 'both'");
        database.execute(&format!("UPDATE client SET {client} = 'Renamed1' WHERE name = 'old'"));
        agree();
        database.execute(&format!(
            "UPDATE visit SET client_id = '{}' WHERE reason = 'by new'; \
             UPDATE visit SET {visit} = 'Late0002' WHERE reason = 'by old'; \
             UPDATE invoice SET {invoice} = NULL WHERE id = 1; UPDATE invoice SET client_id = NULL WHERE id = 2",
            id("late")
        ));
        agree();
        database.execute("DELETE FROM client WHERE name = 'late too'");
        assert_eq!(one(database, "SELECT count(*) FROM visit WHERE reason = 'by old'"), "0");
        assert_eq!(one(database, "SELECT count(*) FROM invoice WHERE id = 1002 AND client_id IS NULL"), "1");
        agree();

        // Upserts by either id, COPY, and sessions in which triggers are silent otherwise.
        database.execute(&format!(
            "INSERT INTO client (id, name) VALUES ('{}', 'x') ON CONFLICT (id) DO UPDATE SET name = 'upsert by old'; \
             INSERT INTO client ({client}, name) VALUES ('New00001', 'x') \
             ON CONFLICT ({client}) DO UPDATE SET name = 'upsert by new'; \
             INSERT INTO client ({client}, name) VALUES ('New00002', 'fresh') ON CONFLICT ({client}) DO NOTHING",
            id("late")
        ));
        assert_eq!(one(database, "SELECT count(*) FROM client WHERE name LIKE 'upsert by%' OR name = 'fresh'"), "3");
        database.execute(&format!(
            "SET session_replication_role = replica; UPDATE visit SET {visit} = 'New00002' WHERE reason = 'at once'; \
             INSERT INTO event VALUES ('2026-05-05', '{}', 'replicated')",
            id("fresh")
        ));
        agree();
        assert_eq!(one(database, &format!("SELECT {event} FROM event WHERE kind = 'replicated'")), "New00002");

        // A row of another kind is left as it is; one that changes its kind is not.
        let note = "SELECT subject_id FROM note WHERE id = 0";
        assert_eq!(one(database, note), "12");
        let refused = database
            .query(&format!("UPDATE visit SET client_id = '{}', {visit} = 'New00001'", id("fresh")))
            .unwrap_err();
        assert_eq!(refused.state.as_deref(), Some("22000"));
        assert!(refused.message.contains("client_id of visit"), "{refused}");
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(
            one(
                database,
                "SELECT count(*) FROM client JOIN limosa.map_client ON new_id = client.id WHERE \
             name = 'fresh' AND new_id = 'New00002'"
            ),
            "1"
        );
    });
}

#[test]
fn a_key_gets_another_name_too() {
    on_servers(|database| {
        let setup = "CREATE SCHEMA \"denpay-dev\";\n\
             CREATE TABLE \"denpay-dev\".xero_connections \
             (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant text);\n\
             CREATE TABLE \"denpay-dev\".\"Sync\" (id int PRIMARY KEY, \"connection Id\" uuid \
             REFERENCES \"denpay-dev\".xero_connections);\n";
        let filled =
            "INSERT INTO \"denpay-dev\".xero_connections (tenant) SELECT 't' || i FROM generate_series(1, 50) i;
             INSERT INTO \"denpay-dev\".\"Sync\" SELECT row_number() OVER (), id FROM \"denpay-dev\".xero_connections";
        let rekey = "rekey '\"denpay-dev\".xero_connections.id' --to 'varchar(8)' --generate alnum:8 \
                     --as xero_tenant_id --name change_client_id";
        let project = begun(database, setup, filled, rekey);
        let ids = "SELECT string_agg(id::text, ',' ORDER BY id) FROM \"denpay-dev\".xero_connections";
        let before = one(database, ids);
        project.limosa("up").exits(0);
        // Both names are there for everybody.
        let both =
            "SELECT count(*) FROM \"denpay-dev\".xero_connections WHERE length(xero_tenant_id) = 8 AND id IS NOT NULL";
        assert_eq!(one(database, both), "50");
        project.limosa("abort 002").exits(0);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let joined = "SELECT count(*) FROM \"denpay-dev\".\"Sync\" JOIN \"denpay-dev\".xero_connections \
                      ON xero_tenant_id = \"connection Id\"";
        assert_eq!(one(database, joined), "50");
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(one(database, ids), before);
    });
}

/// What refers to the key is called otherwise at the end, and a view reads it.
#[test]
fn numbers_become_ids_and_numbers_again() {
    on_servers(|database| {
        for column in ["bigint GENERATED ALWAYS AS IDENTITY", "bigserial"] {
            let fresh = database.server().fresh_database();
            let setup = format!(
                "CREATE TABLE client (id {column} PRIMARY KEY, name text);\n\
                 CREATE TABLE visit (id int PRIMARY KEY, client_id bigint NOT NULL REFERENCES client);\n"
            );
            let filled = "INSERT INTO client (name) SELECT 'c' || i FROM generate_series(1, 100) i;
                        INSERT INTO visit SELECT id, id FROM client";
            let rekey = "rekey client.id --to uuid --generate uuid7 --name change_client_id";
            let project = begun(&fresh, &setup, filled, rekey);
            let (before, ids) = (shape(&fresh), in_order(&fresh, CHILD_COLUMNS));
            project.limosa("up").exits(0);
            fresh.execute("INSERT INTO client (name) VALUES ('old')");
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(shape(&fresh), plainly(&fresh, &project, &setup), "{column}");
            fresh.execute("INSERT INTO client (name) VALUES ('new')");
            project.limosa("down").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            fresh.execute("INSERT INTO client (name) VALUES ('last')");
            let numbers = "SELECT name, id > 100 FROM client WHERE name IN ('old', 'new', 'last') ORDER BY id";
            assert_eq!(rows(&fresh, numbers), ["old|t", "new|t", "last|t"], "{column}");
            fresh.execute("DELETE FROM client WHERE id > 100");
            assert_eq!((shape(&fresh), in_order(&fresh, CHILD_COLUMNS)), (before, ids), "{column}");
        }
    });
}

#[test]
fn what_cannot_follow_is_said_before_anything_is_written() {
    on_servers(|database| {
        let client = "CREATE TABLE client (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);\n";
        let child = "CREATE TABLE visit (client_id uuid REFERENCES client);\n";
        let usual = "rekey client.id --to 'varchar(8)' --generate alnum:8";
        for (setup, rekey, says) in [
            (client, "rekey clients.id --to text --generate cuid2", "no table clients"),
            (client, "rekey client.key --to text --generate cuid2", "no column key"),
            (client, "rekey client.name --to text --generate cuid2", "not a key of public.client"),
            (client, "rekey client.id --to 'varchar(6)' --generate alnum:8", "8 characters"),
            (client, "rekey client.id --to bigint --generate alnum:8", "holds no ids"),
            (client, "rekey client.id --to text", "--generate"),
            (client, "rekey client.id --to text --generate alnum:8 --soft note.id", "no table note"),
            (client, "rekey client.id --to text --generate alnum:8 --soft 'client.name when x'", "not understood"),
            ("CREATE TABLE client (id uuid, name text);\n", usual, "not a key of public.client"),
            (
                "CREATE TABLE client (id uuid, kind int DEFAULT 1, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);\n",
                usual,
                "partitioned",
            ),
            (
                "CREATE TABLE client (id uuid DEFAULT gen_random_uuid(), tenant int, PRIMARY KEY (tenant, id));\n",
                usual,
                "not a key of public.client",
            ),
            ("CREATE TABLE client (id uuid PRIMARY KEY);\n", usual, "--back"),
            (
                &format!(
                    "{client}ALTER TABLE client ADD COLUMN tag text GENERATED ALWAYS AS (name || 1) STORED, \
                          ADD COLUMN code text GENERATED ALWAYS AS (left(id::text, 3)) STORED;\n"
                )
                .replace("left(id::text, 3)", "substr(CAST(id AS text), 1, 3)"),
                usual,
                "computed",
            ),
            (
                &format!("{client}CREATE TABLE visit (client_id uuid DEFAULT gen_random_uuid() REFERENCES client);\n"),
                usual,
                "has a default",
            ),
            (
                &format!(
                    "{client}CREATE TABLE other (id uuid PRIMARY KEY REFERENCES client); \
                          ALTER TABLE client ADD FOREIGN KEY (id) REFERENCES other DEFERRABLE;\n"
                ),
                "rekey client.name --to text --generate cuid2",
                "not a key",
            ),
            (&format!("{client}{child}CREATE PUBLICATION p FOR TABLE visit (client_id);\n"), usual, "published table"),
        ] {
            let fresh = database.server().fresh_database();
            let project = Project::on(&fresh).with("migrations/001_setup.sql", setup);
            project.limosa("up").exits(0);
            project.limosa(rekey).fails().says(says);
            assert_eq!(project.list("migrations"), ["001_setup.sql"], "{rekey}");
        }
    });
}

#[test]
fn a_file_that_does_not_name_all_is_refused() {
    on_servers(|database| {
        let rekey = "rekey client.id --to 'varchar(8)' --generate alnum:8 --name change_client_id";
        let project = begun(database, CHILD, CHILD_ROWS, rekey);
        let file = "migrations/002_change_client_id.sql";
        let before = shape(database);
        // Somebody refers to the key after the file was written.
        database.execute("CREATE TABLE letter (id int PRIMARY KEY, client_id uuid REFERENCES client)");
        project.limosa("up --allow drift").fails().says("public.letter.client_id refers to it, and is not named");
        database.execute("DROP TABLE letter; CREATE VIEW seen AS SELECT id FROM client");
        project.limosa("up --allow drift").fails().says("public.seen reads it, and is not named");
        database.execute("DROP VIEW seen");
        assert_eq!(shape(database), before);
        let text = project.read(file);
        project.write(file, text.replace("-- limosa: follows\n", ""));
        project.limosa("up").fails().says("limosa rekey");
        project.write(file, text);
        project.limosa("up").exits(0);
        // And while both versions live.
        database.execute("CREATE TABLE letter (id int PRIMARY KEY, client_id uuid REFERENCES client)");
        project.limosa("contract --quiet-window 50ms").fails().says("letter");
        database.execute("DROP TABLE letter");
        project.limosa("contract --quiet-window 50ms").exits(0);
    });
}
