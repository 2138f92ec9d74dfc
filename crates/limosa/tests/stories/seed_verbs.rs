//! Around seeds: new files, a fresh start, the gate, and the way from rows to files.

use crate::place::{Place, everywhere, lines, on_servers, rows};
use crate::project::Project;

const CLINIC: &str = "
    CREATE TABLE practice (id serial PRIMARY KEY, code text UNIQUE NOT NULL, name text, upper_name text
        GENERATED ALWAYS AS (upper(name)) STORED);
    CREATE TABLE fee (practice_id int REFERENCES practice, kind text, amount numeric(8,2) NOT NULL, tags text[],
        data jsonb, is_due bool, photo bytea, born timestamptz, PRIMARY KEY (practice_id, kind));
";

const TOML: &str = "[project]\nname = \"clinic\"\n";

fn project(place: &Place) -> Project {
    let project = match place {
        Place::Server(database) => Project::on(database),
        Place::Embedded => Project::new().with("limosa.toml", TOML),
    };
    project.with("migrations/001_clinic.sql", CLINIC)
}

#[test]
fn a_new_seed_has_the_columns_that_migrations_made() {
    let two = "[service.api]\n[service.auth]\n";
    let project = Project::new()
        .with("limosa.toml", TOML)
        .with("migrations/001_clinic.sql", CLINIC)
        .with("migrations/002_more.sql", "ALTER TABLE practice ADD COLUMN \"Owner, first\" text;");
    project.limosa("new --seed practice").exits(0).says("seeds/practice.csv");
    assert_eq!(project.read("seeds/practice.csv"), "code,name,\"Owner, first\"\n", "neither numbered nor generated");
    project.write("seeds/practice.csv", "code,name,\"Owner, first\"\nN,North,A\n");
    project.limosa("new --seed practice").exits(1).says("error[no-new-seed]").says("nothing was overwritten");
    assert!(project.read("seeds/practice.csv").ends_with("N,North,A\n"));
    project.limosa("new --seed fee").exits(0);
    assert_eq!(project.read("seeds/fee.csv"), "practice_id,kind,amount,tags,data,is_due,photo,born\n");
    project.limosa("new --seed nowhere").exits(0).says("warning[no-table]");
    assert!(project.read("seeds/nowhere.yaml").starts_with("# Rows of the table nowhere"));
    project.remove("seeds/nowhere.yaml");
    project.limosa("new").exits(2);
    project.limosa("new --seed x add_y").exits(2);
    project.limosa("up").exits(0);
    project.limosa("seed").exits(0).says("practice").says("1 added");

    let several = Project::new()
        .with("limosa.toml", two)
        .with("services/api/migrations/001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);")
        .with("services/auth/migrations/001_b.sql", "CREATE TABLE b (id int PRIMARY KEY);");
    several.limosa("new --seed a").exits(2).says("--service api new --seed a");
    several.limosa("--service api new --seed a").exits(0).says("services/api/seeds/a.csv");
}

#[test]
fn a_fresh_start_takes_all_away_and_brings_it_back_with_seeds() {
    everywhere(|place| {
        let project = project(place)
            .with("migrations/002_more.sql", "CREATE SCHEMA audit; CREATE VIEW audit.v AS SELECT 1 AS one;")
            .with("seeds/practice.csv", "code,name\nN,North\nS,South\n");
        let database = match place {
            Place::Server(_) => "limosa",
            Place::Embedded => "clinic (embedded)",
        };
        project.limosa("--yes up --fresh").exits(0).says("2 added");
        let sql = "CREATE TABLE stray (id int); INSERT INTO practice (code) VALUES ('own');
                   CREATE SCHEMA other; CREATE TABLE other.t AS SELECT 1 AS x;
                   GRANT CREATE ON SCHEMA public TO PUBLIC; COMMENT ON SCHEMA public IS 'ours'; SELECT 1";
        place.query(&project, "clinic", sql);
        project.limosa("up --fresh").exits(2).says("error[needs-confirmation]");
        let left = place.query(&project, "clinic", "SELECT count(*) FROM stray, practice");
        assert_eq!(lines(&left), ["0"], "nothing was touched");
        project.limosa("--yes up --fresh --reason again").exits(0).says("4 tables, 4 rows").says("2 added");
        let found = place.query(
            &project,
            "clinic",
            "SELECT to_regclass('stray'), to_regnamespace('other'), (SELECT count(*) FROM practice),
                (SELECT max(id) FROM practice), obj_description('public'::regnamespace, 'pg_namespace'),
                (SELECT bool_or(grantee = 0 AND privilege_type = 'CREATE') FROM pg_namespace, aclexplode(nspacl)
                 WHERE nspname = 'public')",
        );
        assert_eq!(lines(&found), ["NULL|NULL|2|2|ours|t"], "in {database}");
        project.limosa("log").exits(0).says("fresh").says("again");
        project.limosa("status").exits(0);
        project.limosa("drift").exits(0);
        project.limosa("up").exits(0);
    });
}

#[test]
fn a_fresh_start_saves_what_it_drops_where_runs_are_saved() {
    everywhere(|place| {
        let project = project(place).with("seeds/practice.csv", "code,name\nN,North\nS,South\n");
        project.limosa("--yes up --fresh --backup tables").exits(0).says("2 added");
        place.query(&project, "clinic", "INSERT INTO practice (code) VALUES ('own')");
        project.limosa("--yes up --fresh --backup tables").exits(0).says("saved 3 rows");
        let saved: Vec<String> =
            project.list("backups").into_iter().filter(|name| name.contains("before-fresh")).collect();
        assert_eq!(saved.len(), 1, "there was nothing to save the first time: {saved:?}");
        let count = || lines(&place.query(&project, "clinic", "SELECT count(*) FROM practice"));
        assert_eq!(count(), ["2"]);
        project.limosa(&format!("--yes restore backups/{} --allow overwrites-newer", saved[0])).exits(0);
        assert_eq!(count(), ["3"]);
    });
}

#[test]
fn a_run_of_seeds_stands_in_the_log_file() {
    on_servers(|database| {
        let project = Project::on(database)
            .with("migrations/001_clinic.sql", CLINIC)
            .with("seeds/practice.csv", "code,name\nN,North\nS,South\n");
        project.write("limosa.toml", format!("{}[log]\nmigration = \"run.log\"\n", project.read("limosa.toml")));
        project.limosa("up").exits(0);
        project.limosa("seed --dry-run").exits(0);
        assert!(!project.read("run.log").contains("seed practice"), "a look is no run");
        project.limosa("seed").exits(0);
        project.write("seeds/practice.csv", "code,name\nN,North\nS\n");
        project.limosa("seed").exits(1);
        let log = project.read("run.log");
        assert!(log.contains("INFO  clinic seed practice: 2 added\n"), "{log}");
        assert!(log.contains("ERROR clinic no seed was written: "), "{log}");
    });
}

#[test]
fn a_fresh_start_is_refused_where_data_count() {
    on_servers(|database| {
        let project = Project::on(database).with("migrations/001_clinic.sql", CLINIC);
        project.limosa("up").exits(0);
        for line in ["confirm = true", "protected = true"] {
            let env = format!("[env.dev]\nurl = \"env:DATABASE_URL\"\n{line}\n");
            project.write("limosa.toml", format!("{TOML}{env}"));
            project.limosa("--yes up --fresh").exits(2).says("error[protected]");
        }
        assert_eq!(rows(database, "SELECT to_regclass('practice') IS NOT NULL"), ["t"]);

        // Another service's tables in the same database are not this one's to drop.
        let two = "[service.one]\n[service.two]\n[env.dev]\nurl = \"env:DATABASE_URL\"\n";
        let database = database.server().fresh_database();
        let shared = Project::on(&database)
            .with("limosa.toml", two)
            .with("services/one/migrations/001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);")
            .with("services/two/migrations/001_b.sql", "CREATE TABLE b (id int PRIMARY KEY);");
        shared.limosa("up").exits(0);
        shared.limosa("--yes --service one up --fresh").exits(1).says("error[shared-database]").says("two");
        shared.limosa("--yes up --fresh").exits(0).says("2 tables");
        shared.limosa("status").exits(0);
    });
}

#[test]
fn a_fresh_start_leaves_alone_what_others_own() {
    on_servers(|database| {
        let name = database.name().as_str();
        let (dev, reader) = (format!("dev_{name}"), format!("reader_{name}"));
        database.execute(&format!(
            "CREATE ROLE {dev} LOGIN PASSWORD 'dev'; CREATE ROLE {reader}; ALTER DATABASE {name} OWNER TO {dev};
             ALTER SCHEMA public OWNER TO {dev}; GRANT USAGE ON SCHEMA public TO {reader} WITH GRANT OPTION;
             CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TABLE ext.theirs AS SELECT 1 AS one"
        ));
        let (_, place) = database.url().split_once('@').unwrap();
        let url = format!("postgresql://{dev}:dev@{place}");
        let project = Project::on(database).variable("DATABASE_URL", &url).with(
            "migrations/001_a.sql",
            format!(
                "CREATE EXTENSION hstore; CREATE TABLE a (id int PRIMARY KEY, b hstore);
                 CREATE PUBLICATION p FOR TABLE a;
                 ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {reader};"
            ),
        );
        project.limosa("up").exits(0);
        for _ in 0..2 {
            let outcome = project.limosa("--yes up --fresh").exits(0);
            outcome.says("left alone: the extension citext").says("left alone: the schema ext");
        }
        let found = rows(
            database,
            &format!(
                "SELECT pg_get_userbyid(nspowner) = '{dev}',
                    has_schema_privilege('{reader}', 'public', 'USAGE WITH GRANT OPTION'),
                    has_table_privilege('{reader}', 'a', 'SELECT'), to_regclass('ext.theirs') IS NOT NULL,
                    (SELECT count(*) FROM pg_extension)
                 FROM pg_namespace WHERE nspname = 'public'"
            ),
        );
        assert_eq!(found, ["t|t|t|t|3"]);
        database.execute("CREATE EXTENSION pg_trgm SCHEMA public");
        project.limosa("--yes up --fresh").exits(1).says("error[foreign-extension]").says("pg_trgm");
        assert_eq!(rows(database, "SELECT to_regclass('a') IS NOT NULL"), ["t"], "nothing was taken away");
        database.execute(&format!(
            "ALTER DATABASE {name} OWNER TO postgres; DROP OWNED BY {dev} CASCADE; DROP OWNED BY {reader} CASCADE;
             DROP ROLE {dev}, {reader}"
        ));
    });
}

#[test]
fn the_gate_runs_seeds_twice() {
    let project = Project::new()
        .with("limosa.toml", TOML)
        .with("migrations/001_clinic.sql", CLINIC)
        .with("seeds/practice.csv", "code,name\nN,North\n");
    let check = || project.limosa("check --only seeds");
    check().exits(0).says("1 run, and a second time change nothing");
    project.write("seeds/notes.sql", "INSERT INTO fee SELECT id, 'visit', 1 FROM practice ON CONFLICT DO NOTHING;\n");
    check().exits(0).says("2 run");
    check().exits(0).says("2 run");
    project.write("seeds/notes.sql", "UPDATE practice SET name = name || '!';\n");
    check().exits(1).says("error[seed-not-repeatable]").says("seeds/notes.sql").says("1 updated");
    project.remove("seeds/notes.sql");
    project.write("seeds/fee.csv", "practice_id->practice.code,kind,amount\nN,visit,1\nX,visit,2\nN,call,many\n");
    check().exits(1).says("seeds/fee.csv:4:8");
    project.write("seeds/fee.csv", "practice_id->practice.code,kind,amount\nN,visit\n");
    check().exits(1).says("error[ragged-row]");
    project.remove("seeds/fee.csv");
    project.remove("seeds/practice.csv");
    check().exits(0).says("there are none");
}

#[test]
fn an_export_is_a_seed_that_finds_nothing_to_write() {
    everywhere(|place| {
        for form in ["csv", "json", "yaml"] {
            let project = project(place);
            project.limosa("up").exits(0);
            let sql = r#"TRUNCATE practice CASCADE;
                INSERT INTO practice (id, code, name) OVERRIDING SYSTEM VALUE VALUES (7, 'b', E'two\nlines, "q" \\ '''),
                    (9, 'A', NULL), (8, 'ä', '');
                INSERT INTO fee VALUES (7, 'visit', 12.50, '{a,"b,c",NULL}', '{"x": [1, null], "y": "é"}', true,
                    '\x00ff', '2024-01-02 03:04:05.678+00'),
                    (9, 'call', 'NaN', '{}', '[]', NULL, '', 'infinity'); SELECT 1"#;
            place.query(&project, "clinic", sql);
            for table in ["practice", "fee"] {
                let to = format!("seeds/{table}.{form}");
                let outcome = project.limosa(&format!("seed export {table} --to {to}")).exits(0);
                outcome.never_says("warning");
                project.limosa(&format!("seed export {table} --to {to}")).exits(2).says("already exists");
                let again = project.limosa(&format!("seed export {table} --format {form}")).exits(0);
                assert_eq!(again.stdout, project.read(&to), "the same rows are the same file");
            }
            project.limosa("seed --verify").exits(0);
            project.limosa("seed").exits(0).says("nothing differs");
            place.query(&project, "clinic", "DELETE FROM fee WHERE kind = 'call' RETURNING 1");
            project.limosa("seed --verify").exits(1);
            project.limosa("seed --force").exits(0).says("1 added");
            place.query(
                &project,
                "clinic",
                "DROP SCHEMA public CASCADE; DROP SCHEMA limosa CASCADE; CREATE SCHEMA public; SELECT 1",
            );
        }
    });
}

#[test]
fn an_export_does_not_depend_on_settings_of_the_database() {
    let pulse = "CREATE TABLE pulse (id int PRIMARY KEY, day date, at timestamptz, lasts interval, photo bytea,
                 weight float8, r text, t int);";
    let row = "(1, '2020-06-01', '2020-06-01 12:00:00+00', '-1 days +2 hours', '\\x00ff', 0.1::float8 + 0.2, 'r', 2)";
    let settings = [
        "datestyle = 'SQL, DMY'",
        "timezone = 'America/New_York'",
        "bytea_output = 'escape'",
        "extra_float_digits = -10",
        "intervalstyle = 'sql_standard'",
    ];
    on_servers(|database| {
        let project = Project::on(database).with("migrations/001_pulse.sql", pulse);
        project.limosa("up").exits(0);
        database.execute(&format!("INSERT INTO pulse VALUES {row}"));
        for setting in settings {
            database.execute(&format!(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ', current_database()) || $s${setting}$s$; END $$"
            ));
        }
        let csv = project.limosa("seed export pulse").exits(0).stdout;
        let (day, at) = ("2020-06-01", "2020-06-01 12:00:00+00");
        let values = format!("1,{day},{at},-1 days +02:00:00,\\x00ff,0.30000000000000004,r,2\n");
        assert_eq!(csv, format!("id,day,at,lasts,photo,weight,r,t\n{values}"));
        for form in ["csv", "json", "yaml"] {
            project.limosa(&format!("seed export pulse --to seeds/pulse.{form}")).exits(0);
            project.limosa("seed --verify").exits(0).says("as in the file");
            database.execute("DELETE FROM pulse");
            project.limosa("seed --force").exits(0).says("1 added");
            assert_eq!(rows(database, &format!("SELECT count(*) FROM pulse WHERE pulse = ROW{row}::pulse")), ["1"]);
            project.remove(&format!("seeds/pulse.{form}"));
        }
        project.write("seeds/pulse.csv", "id,day\n2,06/01/2020\n");
        project.limosa("seed").exits(1).says("error[seed-refused]").says("write days as 2024-12-31");
    });
}

#[test]
fn an_export_by_another_key_leaves_numbers_out() {
    on_servers(|database| {
        let project = Project::on(database).with("migrations/001_clinic.sql", CLINIC);
        project.limosa("up").exits(0);
        database.execute("INSERT INTO practice (code, name) VALUES ('N', 'North'), ('S', 'South'), ('W', NULL)");
        let exported = project.limosa("seed export practice --key code --where 'name IS NOT NULL'").exits(0);
        assert_eq!(exported.stdout, "code,name\nN,North\nS,South\n");
        project
            .limosa("seed export practice --key name")
            .exits(0)
            .says("warning[key-to-declare]")
            .says("key = [\"name\"]");
        project.limosa("seed export practise").exits(2).says("no table");
        project.limosa("seed export practice --key cod").exits(2).says("did you mean `code`?");
        project.limosa("seed export practice --where nothing").says("nothing");
        project.limosa("seed export practice --to a.txt").exits(2).says("error[unknown-seed-format]");
    });
}

#[test]
fn sql_that_fills_tables_becomes_files() {
    let seeder = "
        INSERT INTO practice (code, name) VALUES ('S', 'South'), ('N', 'North''s; end');
        INSERT INTO kind (code) SELECT 'k' || n FROM generate_series(1, 3) n;
        INSERT INTO fee SELECT id, 'visit', id * 1.5 FROM practice;
        UPDATE kind SET note = 'changed' WHERE code = 'k2';
        DELETE FROM kind WHERE code = 'k3';
    ";
    let kinds = "CREATE TABLE kind (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE NOT NULL,
                 note text); INSERT INTO kind (code) VALUES ('old');";
    let project = Project::new()
        .with("limosa.toml", TOML)
        .with("migrations/001_clinic.sql", CLINIC)
        .with("migrations/002_kind.sql", kinds)
        .with("db/seed.sql", seeder);
    let imported = project.limosa("seed import db/seed.sql").exits(0);
    imported.says("warning[not-only-inserts]").says("1 rows were updated and 1 deleted").says("seeds/practice.csv");
    assert_eq!(project.read("seeds/practice.csv"), "id,code,name\n1,S,South\n2,N,North's; end\n", "others refer to it");
    assert_eq!(project.read("seeds/kind.csv"), "code,note\nk1,\nk2,changed\n", "what was there before is no seed");
    assert!(project.read("seeds/fee.csv").contains("1,visit,1.50,"));
    project.limosa("up").exits(0);
    project.limosa("seed").exits(0).says("2 added");
    project.limosa("check --only seeds").exits(0);
    project.limosa("seed import db/seed.sql").exits(1).says("already exists");
    project.write("db/bad.sql", "INSERT INTO practice (code) VALUES ('A');\nINSERT INTO practise VALUES (1);\n");
    project.limosa("seed import db/bad.sql").exits(1).says("db/bad.sql:2:13");
    project.write("db/none.sql", "SELECT 1;\n");
    project.limosa("seed import db/none.sql").exits(0).says("warning[nothing-imported]");
}
