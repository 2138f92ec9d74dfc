//! Migrations under `-- limosa: online versioned-schemas`: clients of each version find their tables in a schema of
//! views.

use limosa_testkit::{Connection, Database, pg_dump};

use crate::online::{ROWS, SETUP, VIEW, plainly, shape};
use crate::place::on_servers;
use crate::project::{Project, run};

/// A rename, a change of type, and columns that come and go.
const CHANGE: &str = "\
ALTER TABLE patient RENAME COLUMN full_name TO name;
ALTER TABLE patient ALTER COLUMN age TYPE bigint;
ALTER TABLE patient ADD COLUMN town text DEFAULT 'Riga';
ALTER TABLE patient DROP COLUMN note;
";

/// A project with its first migration applied and this as its second.
fn begun(database: &Database, up: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", format!("{SETUP}{ROWS}{VIEW}"));
    project.limosa("up").exits(0);
    change(&project, "002_change", up);
    project
}

fn change(project: &Project, name: &str, up: &str) {
    project.write(&format!("migrations/{name}.sql"), format!("-- limosa: online versioned-schemas\n\n{up}"));
}

/// A client of a version, which chooses it as clients do.
fn client(database: &Database, search_path: &str) -> Connection {
    let client = Connection::open(database.url());
    client.execute(&format!("SET search_path = {search_path}"));
    client
}

/// The only value of the only row.
fn value(client: &Connection, sql: &str) -> String {
    let rows = client.execute(sql);
    rows.first().and_then(|row| row.first().cloned().flatten()).unwrap_or_else(|| "nothing".to_owned())
}

/// The schemas of a database, and all that is in them.
fn everything(database: &Database) -> String {
    let sql = "SELECT nspname, nspacl FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)' AND nspname <> 'limosa' \
               ORDER BY 1; SELECT relnamespace::regnamespace, relname, relkind, relacl FROM pg_class \
               WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'pg_toast', \
               'information_schema', 'limosa')) ORDER BY 1, 2; SELECT tgname FROM pg_trigger ORDER BY 1";
    format!("{:?}\n{}", database.execute(sql), shape(database, "public.patient"))
}

#[test]
fn each_version_finds_its_tables() {
    on_servers(|database| {
        let project = begun(database, CHANGE);
        let base = client(database, "public");
        project.limosa("up").exits(0).says("public_v002").says("limosa contract 002");
        let (old, new) = (client(database, "public_v001, public"), client(database, "public_v002, public"));
        let current = client(database, "public_current, public");
        // What was there.
        for old in [&base, &old] {
            assert_eq!(
                value(old, "SELECT full_name || age || coalesce(note, '') FROM patient WHERE id = 7"),
                "name 77"
            );
        }
        for new in [&new, &current] {
            assert_eq!(value(new, "SELECT name || age || town FROM patient WHERE id = 7"), "name 77Riga");
            let columns = "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) \
                           FROM pg_attribute WHERE attrelid = 'patient'::regclass AND attnum > 0";
            assert_eq!(
                value(new, columns),
                "id bigint, name character varying(80), email text, age bigint, clinic integer, town text"
            );
        }
        // What either writes, with the defaults of the table.
        assert_eq!(value(&new, "INSERT INTO patient (id) VALUES (1001) RETURNING name || town"), "nobodyRiga");
        assert_eq!(value(&old, "INSERT INTO patient (id) VALUES (1002) RETURNING full_name || note"), "nobodynone");
        let upsert = "INSERT INTO patient (id, name, age) VALUES (1001, 'upsert', 5000000000 - 4999999999) \
                      ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, age = EXCLUDED.age RETURNING name || age";
        assert_eq!(value(&new, upsert), "upsert1");
        assert_eq!(value(&base, "SELECT full_name || age FROM patient WHERE id = 1001"), "upsert1");
        old.execute("UPDATE patient SET full_name = 'by old', age = 33 WHERE id = 1001");
        assert_eq!(value(&current, "SELECT name || age FROM patient WHERE id = 1001"), "by old33");
        new.execute("DELETE FROM patient WHERE id = 1002");
        assert_eq!(value(&base, "SELECT count(*) FROM patient WHERE id = 1002"), "0");
        // What is not shown is found behind.
        assert_eq!(value(&new, "SELECT full_name FROM grown_up WHERE id = 50"), "name 50");
        project.limosa("drift").exits(0);
        project.limosa("status").exits(0).says("waits for contract");
        project.limosa("contract --quiet-window 50ms").exits(0);
        // Clients of the new version notice nothing.
        assert_eq!(value(&new, "SELECT name || age || town FROM patient WHERE id = 1001"), "by old33Riga");
        assert_eq!(value(&current, "SELECT name || age || town FROM patient WHERE id = 1001"), "by old33Riga");
        assert_eq!(value(&base, "SELECT to_regnamespace('public_v001') IS NULL"), "t");
        assert_eq!(shape(database, "public.patient"), plainly(database, CHANGE));
        project.limosa("drift").exits(0);
        project.limosa("up").exits(0).says("up to date");
    });
}

#[test]
fn an_abort_leaves_what_was() {
    on_servers(|database| {
        let project = begun(database, CHANGE);
        let before = everything(database);
        project.limosa("up").exits(0);
        project.limosa("abort 002").exits(0).says("aborted");
        assert_eq!(everything(database), before);
        project.limosa("drift").exits(0);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn the_way_back_has_schemas_too() {
    on_servers(|database| {
        let up = "ALTER TABLE patient RENAME COLUMN full_name TO name;\n\
                  ALTER TABLE patient ALTER COLUMN age TYPE bigint;\n";
        let project = begun(database, up);
        let before = shape(database, "public.patient");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let new = client(database, "public_v002, public");
        project.limosa("down").exits(0);
        let old = client(database, "public_v001, public");
        assert_eq!(value(&new, "UPDATE patient SET name = 'n', age = 8 WHERE id = 9 RETURNING name || age"), "n8");
        assert_eq!(value(&old, "SELECT full_name || age FROM patient WHERE id = 9"), "n8");
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(value(&old, "SELECT full_name || age FROM patient WHERE id = 9"), "n8");
        assert_eq!(value(&old, "SELECT to_regnamespace('public_v002') IS NULL"), "t");
        assert_eq!(shape(database, "public.patient"), before);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn the_way_back_of_a_table_with_another_name_and_other_columns() {
    on_servers(|database| {
        let up = "ALTER TABLE patient ALTER COLUMN age TYPE bigint;\n\
                  ALTER TABLE patient RENAME COLUMN full_name TO name;\n\
                  ALTER TABLE patient ADD COLUMN town text DEFAULT 'Riga';\n\
                  ALTER TABLE patient DROP COLUMN note;\n\
                  ALTER TABLE patient RENAME TO person;\n";
        let project = begun(database, up);
        let before = shape(database, "public.patient");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let new = client(database, "public_v002, public");
        project.limosa("down").exits(0);
        let old = client(database, "public_v001, public");
        assert_eq!(value(&new, "UPDATE person SET name = 'n', age = 8 WHERE id = 9 RETURNING name || age"), "n8");
        assert_eq!(value(&old, "SELECT full_name || age FROM patient WHERE id = 9"), "n8");
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(value(&old, "SELECT full_name || age FROM patient WHERE id = 9"), "n8");
        assert_eq!(shape(database, "public.patient"), before);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn changes_follow_each_other() {
    on_servers(|database| {
        let project = begun(
            database,
            "CREATE INDEX patient_both_idx ON patient (full_name, email);\n\
             ALTER TABLE patient RENAME COLUMN full_name TO name;\n",
        );
        project.limosa("up").exits(0);
        // What has another name meanwhile cannot be changed again; anything else of the table can.
        change(&project, "003_next", "ALTER TABLE patient RENAME COLUMN name TO label;\n");
        project.limosa("up").fails().says("until contract, name is called full_name");
        // What is made again with contract, as it is printed now, would name the column as it is called now.
        change(&project, "003_next", "ALTER TABLE patient ALTER COLUMN age TYPE bigint;\n");
        project.limosa("up").fails().says("view public.grown_up reads a column");
        change(
            &project,
            "003_next",
            "ALTER TABLE patient ALTER COLUMN email TYPE varchar(99);\nALTER TABLE clinic RENAME TO practice;\n\
             CREATE TABLE ward (id int PRIMARY KEY, name text);\n",
        );
        project.limosa("up").exits(0);
        let (old, new) = (client(database, "public_v002, public"), client(database, "public_v003, public"));
        assert_eq!(
            value(&old, "SELECT p.name || c.name FROM patient p JOIN clinic c ON c.id = clinic WHERE p.id = 1"),
            "name 1north"
        );
        let sql = "SELECT p.name || c.name || pg_typeof(p.email) FROM patient p \
                   JOIN practice c ON c.id = clinic WHERE p.id = 1";
        assert_eq!(value(&new, sql), "name 1northcharacter varying");
        new.execute("INSERT INTO ward VALUES (1, 'w')");
        // What a trigger computes later needs a name that stays.
        change(&project, "004_loud", "-- limosa: forward upper(name)\nALTER TABLE patient ADD COLUMN loud text;\n");
        project.limosa("up").fails().says("until contract, name is called full_name");
        project.remove("migrations/004_loud.sql");
        // One after the other, and back in the other order.
        project.limosa("contract 003").fails().says("003 cannot be contracted before 002");
        project.limosa("abort 002").fails().says("002 cannot be aborted before 003");
        project.limosa("abort 003").exits(0);
        let current = client(database, "public_current, public");
        assert_eq!(value(&current, "SELECT name || pg_typeof(email) FROM patient WHERE id = 1"), "name 1text");
        assert_eq!(value(&current, "SELECT to_regclass('ward') IS NULL AND to_regclass('practice') IS NULL"), "t");
        project.limosa("drift").exits(0);
        project.limosa("up").exits(0);
        project.limosa("contract 002 --quiet-window 50ms").exits(0);
        assert_eq!(value(&new, sql), "name 1northcharacter varying");
        project.limosa("contract 003 --quiet-window 50ms").exits(0);
        assert_eq!(value(&new, sql), "name 1northcharacter varying");
        let left = "SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname LIKE 'public%'";
        assert_eq!(value(&new, left), "public public_current public_v003");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_table_is_renamed_and_another_goes() {
    on_servers(|database| {
        let project = begun(
            database,
            "ALTER TABLE patient DROP CONSTRAINT patient_clinic_fkey;\n\
             -- limosa: allow deletes-data\nDROP TABLE clinic;\n\
             ALTER TABLE patient RENAME TO person;\n",
        );
        project.limosa("up").exits(0);
        let (old, new) = (client(database, "public_v001, public"), client(database, "public_v002, public"));
        new.execute("INSERT INTO person (id, full_name) VALUES (1001, 'p') ON CONFLICT (id) DO NOTHING");
        old.execute("UPDATE patient SET age = 5 WHERE id = 1001");
        assert_eq!(value(&new, "SELECT age FROM person WHERE id = 1001"), "5");
        assert_eq!(value(&new, "SELECT to_regclass('public_v002.clinic') IS NULL"), "t");
        assert_eq!(value(&old, "SELECT name FROM clinic"), "north");
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(value(&new, "SELECT age FROM person WHERE id = 1001"), "5");
        assert_eq!(value(&new, "SELECT to_regclass('public.clinic') IS NULL"), "t");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn privileges_comments_and_row_security_come_along() {
    on_servers(|database| {
        let role = format!("{} \"app\"", database.name().as_str());
        let quoted = format!("\"{}\"", role.replace('"', "\"\""));
        let project = Project::on(database).with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\nschemas = [\"Clinic 1\"]\n[env.dev]\nurl = \"env:DATABASE_URL\"\n",
        );
        project.write(
            "migrations/001_setup.sql",
            format!(
                "CREATE SCHEMA \"Clinic 1\";\n\
                 CREATE TABLE \"Clinic 1\".\"Pa tient\" \
                 (id int PRIMARY KEY, \"Full \"\"Name\" text, secret text, ward text);\n\
                 COMMENT ON TABLE \"Clinic 1\".\"Pa tient\" IS 'it''s people';\n\
                 COMMENT ON COLUMN \"Clinic 1\".\"Pa tient\".\"Full \"\"Name\" IS 'as in the passport';\n\
                 INSERT INTO \"Clinic 1\".\"Pa tient\" VALUES (1, 'Ada', 's', 'a'), (2, 'Bob', 's', 'b');\n\
                 GRANT USAGE ON SCHEMA \"Clinic 1\" TO {quoted};\n\
                 GRANT SELECT, UPDATE ON \"Clinic 1\".\"Pa tient\" TO {quoted};\n\
                 ALTER TABLE \"Clinic 1\".\"Pa tient\" ENABLE ROW LEVEL SECURITY;\n\
                 CREATE POLICY own ON \"Clinic 1\".\"Pa tient\" USING (ward = 'a');\n"
            ),
        );
        database.execute(&format!("CREATE ROLE {quoted} LOGIN PASSWORD 'app'"));
        project.limosa("up").exits(0);
        change(&project, "002_change", "ALTER TABLE \"Pa tient\" RENAME COLUMN \"Full \"\"Name\" TO \"na me\";\n");
        project.limosa("up").exits(0).says("Clinic 1_v002");
        for (schema, column) in [("Clinic 1_v001", "Full \"\"Name"), ("Clinic 1_v002", "na me")] {
            let app = client(database, &format!("\"{schema}\", \"Clinic 1\""));
            app.execute(&format!("SET ROLE {quoted}"));
            assert_eq!(value(&app, &format!("SELECT string_agg(\"{column}\", ',') FROM \"Pa tient\"")), "Ada");
            app.execute(&format!(
                "UPDATE \"Pa tient\" SET \"{column}\" = 'Eve'; UPDATE \"Pa tient\" SET \"{column}\" = 'Ada'"
            ));
            assert_eq!(app.query("DELETE FROM \"Pa tient\"").unwrap_err().state.as_deref(), Some("42501"));
            assert_eq!(value(&app, "SELECT obj_description('\"Pa tient\"'::regclass)"), "it's people");
            assert_eq!(value(&app, "SELECT col_description('\"Pa tient\"'::regclass, 2)"), "as in the passport");
        }
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
        database.execute(&format!("DROP OWNED BY {quoted}; DROP ROLE {quoted}"));
    });
}

#[test]
fn the_old_schema_does_not_go_while_it_is_in_use() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE patient ALTER COLUMN age TYPE bigint;\n");
        project.limosa("up").exits(0);
        let old = client(database, "public_v001, public");
        old.execute("BEGIN; SELECT count(*) FROM patient");
        project.limosa("contract --quiet-window 50ms").exits(1).says("uses public_v001.patient");
        old.execute("COMMIT");
        let name = database.name();
        database.execute(&format!("ALTER DATABASE {name} SET search_path = public_v001, public"));
        project
            .limosa("contract --quiet-window 50ms")
            .exits(1)
            .says("the database has the setting search_path=public_v001");
        database.execute(&format!("ALTER DATABASE {name} SET search_path = public_v002, public"));
        project.limosa("contract --quiet-window 50ms").exits(0).says("contracted");
    });
}

#[test]
fn what_cannot_be_shown_is_said_before_anything_changes() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE patient RENAME COLUMN full_name TO name;\n");
        database.execute(
            "CREATE FUNCTION first_of(patient) RETURNS text LANGUAGE sql AS 'SELECT $1.full_name'; \
             CREATE SCHEMA other; CREATE TABLE other.thing (id int PRIMARY KEY, a text)",
        );
        project.limosa("up --allow drift").fails().says("whole rows of patient");
        database.execute("DROP FUNCTION first_of(patient); GRANT SELECT (id) ON patient TO PUBLIC");
        project.limosa("up --allow drift").fails().says("privileges on columns of patient");
        database.execute("REVOKE SELECT (id) ON patient FROM PUBLIC");
        change(&project, "002_change", "ALTER TABLE other.thing RENAME COLUMN a TO b;\n");
        project.limosa("up --allow drift").fails().says("names without a schema are not looked for in other");
        change(&project, "002_change", "ALTER TABLE patient RENAME COLUMN full_name TO name;\n");
        database.execute("CREATE SCHEMA public_v002");
        project.limosa("up --allow drift").fails().says("there is a schema public_v002 already");
        database.execute("DROP SCHEMA public_v002");
        project.limosa("up --allow drift").exits(0);
        // Both ways at once would not show each other.
        project.write(
            "migrations/003_dual.sql",
            "-- limosa: online dual-columns\n\nALTER TABLE clinic RENAME COLUMN name TO label;\n",
        );
        project.limosa("up").fails().says("schemas of views");
        project.write("migrations/003_dual.sql", "-- limosa: online in-two-schemas\n\nSELECT 1;\n");
        project.limosa("up").fails().says("online [versioned-schemas|dual-columns]");
    });
}

#[test]
fn plain_migrations_go_on_beside_versions() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE patient RENAME COLUMN full_name TO name;\n");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let new = client(database, "public_v002, public");
        // What they add, whoever wants the newest finds.
        project.write(
            "migrations/003_more.sql",
            "ALTER TABLE patient ADD COLUMN town text;\nCREATE TABLE ward (id int);\n",
        );
        project.limosa("up").exits(0);
        let current = client(database, "public_current, public");
        assert_eq!(value(&current, "SELECT to_regclass('ward') = 'public_current.ward'::regclass"), "t");
        current.execute("UPDATE patient SET town = 'Riga'");
        assert!(new.query("SELECT town FROM patient").is_err(), "an older version is shown what came later");
        // What they would take away from a version, they say before.
        for (plain, what) in [
            ("ALTER TABLE patient DROP COLUMN note;\n", "clients find note in public_v002.patient"),
            ("ALTER TABLE public.patient ALTER age TYPE bigint;\n", "clients find age in public_v002.patient"),
            ("DROP TABLE clinic CASCADE;\n", "clients find the table in public_v002.clinic"),
        ] {
            project.write("migrations/004_less.sql", format!("-- limosa: allow deletes-data\n{plain}"));
            project.limosa("up").fails().says(what).says("-- limosa: online");
        }
        project.write("migrations/004_less.sql", "-- limosa: online\n\nALTER TABLE patient DROP COLUMN note;\n");
        project.limosa("up").exits(0).says("public_v004");
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn privileges_and_comments_of_later_migrations_reach_the_views_of_all_versions() {
    on_servers(|database| {
        let (app, other) =
            (format!("\"{} app\"", database.name().as_str()), format!("{}_other", database.name().as_str()));
        let other = format!("\"{other}\"");
        database.execute(&format!("CREATE ROLE {app}; CREATE ROLE {other}"));
        let project = begun(database, "ALTER TABLE patient RENAME COLUMN full_name TO name;\n");
        project.limosa("up").exits(0);
        let versions = ["public_v001", "public_v002", "public_current"];
        let privileges = || {
            let others = |acl: &str, owner: &str| {
                format!(
                    "(SELECT array_agg(it::text ORDER BY it::text) FROM aclexplode({acl}) it WHERE grantee <> {owner})"
                )
            };
            let views = format!(
                "SELECT relnamespace::regnamespace, {} FROM pg_class WHERE relname = 'patient' AND relkind = 'v' \
                 ORDER BY relnamespace::regnamespace::text",
                others("relacl", "relowner")
            );
            let schemas = format!(
                "SELECT nspname, {} FROM pg_namespace WHERE nspname ~ '^public_' ORDER BY 1",
                others("nspacl", "nspowner")
            );
            let (views, schemas) = (views.as_str(), schemas.as_str());
            format!("{:?}", (database.execute(views), database.execute(schemas)))
        };
        let before = privileges();
        project.write(
            "migrations/003_rights.sql",
            format!(
                "GRANT SELECT, UPDATE ON patient TO {app};\nGRANT SELECT ON patient TO PUBLIC;\n\
                 GRANT USAGE ON SCHEMA public TO {app}, {other};\n\
                 COMMENT ON TABLE patient IS 'it''s people';\nCOMMENT ON COLUMN patient.full_name IS 'as spoken';\n\
                 COMMENT ON COLUMN patient.age IS 'in years';\n"
            ),
        );
        project.limosa("up").exits(0).never_says("warning");
        for schema in versions {
            let client = client(database, schema);
            client.execute(&format!("SET ROLE {app}"));
            assert_eq!(value(&client, "SELECT age FROM patient WHERE id = 7"), "7", "{schema}");
            client.execute("UPDATE patient SET age = 7 WHERE id = 7");
            assert_eq!(client.query("DELETE FROM patient").unwrap_err().state.as_deref(), Some("42501"));
            assert_eq!(value(&client, "SELECT obj_description('patient'::regclass)"), "it's people");
            assert_eq!(value(&client, "SELECT col_description('patient'::regclass, 2)"), "as spoken");
            assert_eq!(value(&client, "SELECT col_description('patient'::regclass, 4)"), "in years");
            client.execute(&format!("RESET ROLE; SET ROLE {other}"));
            assert_eq!(value(&client, "SELECT count(*) FROM patient"), "500", "{schema}");
        }
        project.limosa("drift").exits(0);
        project.write(
            "migrations/004_rights.sql",
            format!(
                "REVOKE ALL ON patient FROM {app}, PUBLIC;\nREVOKE USAGE ON SCHEMA public FROM {app}, {other};\n\
                 COMMENT ON TABLE patient IS NULL;\n"
            ),
        );
        project.limosa("up").exits(0).never_says("warning");
        assert_eq!(privileges(), before);
        for schema in versions {
            let client = client(database, schema);
            assert_eq!(value(&client, "SELECT obj_description('patient'::regclass)"), "nothing");
        }
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
        database.execute(&format!("DROP OWNED BY {app}, {other}; DROP ROLE {app}, {other}"));
    });
}

#[test]
fn what_postgresql_does_to_no_view_is_found_in_queries() {
    on_servers(|database| {
        let project = Project::on(database)
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                 [consumer.portal]\nversion = \"002\"\n",
            )
            .with("migrations/001_setup.sql", "CREATE TABLE patient (id int PRIMARY KEY, name text);\n");
        project.limosa("up").exits(0);
        change(&project, "002_title", "ALTER TABLE patient RENAME COLUMN name TO title;\n");
        project.limosa("up").exits(0);
        change(&project, "003_more", "ALTER TABLE patient ADD COLUMN town text;\n");
        project.write(
            "consumers/portal/queries.sql",
            "-- name: Put :exec\n\
             INSERT INTO patient (id) VALUES (1) ON CONFLICT ON CONSTRAINT patient_pkey DO NOTHING;\n\n\
             -- name: Show :many\nCOPY (SELECT id, title FROM patient) TO STDOUT;\n\n\
             -- name: Add :exec\nINSERT INTO patient (id) VALUES (1) ON CONFLICT (id) DO NOTHING;\n\n\
             -- name: Load :exec\nCOPY patient (id, title) FROM STDIN;\n",
        );
        let said = project.limosa("check --env dev --consumers");
        println!("{}{}", said.stdout, said.stderr);
        let said = said.fails().says("cannot copy to view 'patient'");
        said.says("COPY into the table by the name of its schema").says("patient_pkey");
    });
}

#[test]
fn queries_of_versions_are_asked_while_both_are_at_work() {
    on_servers(|database| {
        let project = Project::on(database)
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                 [consumer.old]\nversion = \"001\"\n[consumer.portal]\nversion = \"002\"\n",
            )
            .with(
                "migrations/001_setup.sql",
                "CREATE TABLE patient (id int PRIMARY KEY, name text DEFAULT 'nobody', town text);\n",
            );
        project.limosa("up").exits(0);
        change(&project, "002_title", "ALTER TABLE patient RENAME COLUMN name TO title;\n");
        project.limosa("up").exits(0);
        project.write("consumers/old/show.sql", "-- name: Show :many\nSELECT id, name FROM patient;\n");
        project.write("consumers/portal/show.sql", "-- name: Show :many\nSELECT id, title FROM patient;\n");
        // One while both are at work, one behind the contract.
        project.limosa("check --env dev --consumers").exits(0).says("2 queries hold in 2 states of the schema");
        project.write(
            "consumers/portal/queries.sql",
            "-- name: Load :exec\nCOPY patient (id, title) FROM STDIN;\n\n\
             -- name: Reset :exec\nUPDATE patient\nSET town = DEFAULT, title = DEFAULT WHERE id = $1;\n\n\
             -- name: Place :exec\nUPDATE patient SET town = DEFAULT;\n\n\
             -- name: Empty :exec\nTRUNCATE patient;\n\n-- name: Wipe :exec\nTRUNCATE public.patient;\n",
        );
        let said = project.limosa("check --env dev --consumers").exits(1).says("3 of 7 queries do not hold");
        for line in [
            "`Load` of `portal` and the database disagree: cannot copy to view 'patient'",
            "`Reset` of `portal` and the database disagree: DEFAULT writes null to \"title\" of the view \"patient\"",
            "consumers/portal/queries.sql:6:21",
            "`Empty` of `portal` and the database disagree: 'patient' is not a table",
        ] {
            assert!(said.all().contains(line), "{line:?} is missing in {said}");
        }
        let reset = "UPDATE patient SET title = DEFAULT WHERE id = 1";
        let client = client(database, "public_v002");
        client.execute("INSERT INTO patient (id) VALUES (1)");
        client.execute(reset);
        let written = database.execute("SELECT name IS NULL FROM patient");
        assert_eq!(written, [[Some("t".to_owned())]], "PostgreSQL writes something else, and `check` need not mind");
        project.remove("consumers/portal/queries.sql");
        project.remove("consumers/old/show.sql");
        let toml = project.read("limosa.toml");
        project.write("limosa.toml", toml.replace("[consumer.old]\nversion = \"001\"\n", ""));
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("check --env dev --consumers").exits(0).says("1 query holds in 1 state of the schema");
    });
}

#[test]
fn a_role_that_may_make_no_schemas_is_told_what_has_to_be_granted() {
    on_servers(|database| {
        let project = begun(database, CHANGE);
        let (role, name) = (format!("deployer_{}", database.name().as_str()), database.name());
        database.execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'soe'; GRANT {role} TO CURRENT_USER; \
             ALTER SCHEMA limosa OWNER TO {role}; \
             ALTER SCHEMA public OWNER TO {role}"
        ));
        for relation in ["clinic", "patient", "grown_up"] {
            database.execute(&format!("ALTER TABLE {relation} OWNER TO {role}"));
        }
        database.execute(&format!(
            "GRANT ALL ON ALL TABLES IN SCHEMA limosa TO {role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA limosa TO {role}"
        ));
        let before = everything(database);
        let (_, place) = database.url().split_once('@').unwrap();
        let as_role = format!("postgresql://{role}:soe@{place}");
        let project = project.variable("DATABASE_URL", &as_role);
        let grant = format!("GRANT CREATE ON DATABASE {} TO {role}", name.as_str());
        project.limosa("up --allow drift").exits(1).says(&format!("`{grant}`")).never_says("such as");
        assert_eq!(everything(database), before);
        database.execute(&grant);
        project.limosa("up --allow drift").exits(0).says("public_v002");
        project.limosa("contract --quiet-window 50ms").exits(0);
        database.execute(&format!("REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}; DROP ROLE {role}"));
    });
}

#[test]
fn a_copy_by_pg_dump_has_the_versions_and_can_be_contracted() {
    on_servers(|database| {
        let project = begun(database, CHANGE);
        project.limosa("up").exits(0);
        let program = pg_dump().display().to_string();
        let dump = run(project.path(), &program, &["--inserts", "-d", database.url()]);
        // What is for psql, and settings of a newer server than this one.
        let is_sql = |line: &&str| !line.starts_with('\\') && !line.starts_with("SET transaction_timeout");
        let dump: String = dump.lines().filter(is_sql).map(|line| format!("{line}\n")).collect();
        let copy = database.server().fresh_database();
        copy.execute(&dump);
        assert_eq!(shape(&copy, "public.patient"), shape(database, "public.patient"));
        let project = project.variable("DATABASE_URL", copy.url());
        let (old, new) = (client(&copy, "public_v001, public"), client(&copy, "public_v002, public"));
        old.execute("INSERT INTO patient (id, full_name, age) VALUES (1001, 'from the old', 3)");
        new.execute("INSERT INTO patient (id, name, age) VALUES (1002, 'from the new', 4)");
        assert_eq!(value(&new, "SELECT name FROM patient WHERE id = 1001"), "from the old");
        drop((old, new));
        project.limosa("status").exits(0).says("002");
        project.limosa("contract --quiet-window 50ms").exits(0).says("002");
        assert_eq!(value(&client(&copy, "public_v002"), "SELECT age FROM patient WHERE id = 1002"), "4");
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        // And the other way, in another copy.
        let other = database.server().fresh_database();
        other.execute(&dump);
        let project = project.variable("DATABASE_URL", other.url());
        project.limosa("abort 002").exits(0);
        let views = "SELECT count(*) FROM pg_namespace WHERE nspname ~ '_(v002|current)$'";
        assert_eq!(value(&client(&other, "public"), views), "0");
    });
}
