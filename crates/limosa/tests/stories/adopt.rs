//! A database is taken over from another tool: what it has on record is on record here, and nothing runs again.

use limosa_testkit::Database;
use serde_json::Value;

use crate::place::{on_servers, rows};
use crate::project::Project;

const CREATE_PATIENT: &str = "CREATE TABLE patient (id int);\n";
const ADD_NAME: &str = "ALTER TABLE patient ADD name text;\n";
const ADD_INDEX: &str = "CREATE INDEX patient_by_name ON patient (name);\n";

const PRISMA: &str = "CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, \
    checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, \
    rolled_back_at TIMESTAMPTZ, \
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)";

/// A row as Prisma writes it; without `finished`, it failed.
fn prisma_row(name: &str, text: &str, day: u8, finished: bool) -> String {
    let finished = if finished { format!("'2024-01-0{day} 10:00:00Z'") } else { "NULL".to_owned() };
    format!(
        "INSERT INTO _prisma_migrations VALUES ('{day}', encode(sha256(convert_to('{text}', 'UTF8')), 'hex'), \
         {finished}, '{name}', 'ERROR: it broke', NULL, '2024-01-0{day} 10:00:00Z', 1)"
    )
}

/// A project of three migrations of Prisma's, of which the database has the first two.
fn prisma(database: &Database) -> Project {
    database.execute(&format!("{CREATE_PATIENT}{ADD_NAME}{PRISMA}"));
    database.execute(&prisma_row("20240101100000_create_patient", CREATE_PATIENT, 1, true));
    database.execute(&prisma_row("20240102100000_add_name", ADD_NAME, 2, true));
    let folder = "migrations";
    Project::on(database)
        .with(&format!("{folder}/migration_lock.toml"), "provider = \"postgresql\"\n")
        .with(&format!("{folder}/20240101100000_create_patient/migration.sql"), CREATE_PATIENT)
        .with(&format!("{folder}/20240102100000_add_name/migration.sql"), ADD_NAME)
        .with(
            &format!("{folder}/20240102100000_add_name/down.sql"),
            "ALTER TABLE patient DROP name;\n\
             DELETE FROM \"_prisma_migrations\" WHERE migration_name = '20240102100000_add_name';\n",
        )
        .with(&format!("{folder}/20240103100000_add_index/migration.sql"), ADD_INDEX)
        .with(&format!("{folder}/20240103100000_add_index/down.sql"), "DROP INDEX patient_by_name;\n")
}

fn status(project: &Project) -> Value {
    project.limosa("--json status").exits(0).json()["targets"][0].clone()
}

/// The versions in effect, and those that wait.
fn versions(project: &Project) -> (Vec<String>, Vec<String>) {
    let status = status(project);
    let of = |key: &str| {
        let mut versions: Vec<String> =
            status[key].as_array().unwrap().iter().map(|row| row["version"].as_str().unwrap().to_owned()).collect();
        versions.sort();
        versions
    };
    (of("applied"), of("pending"))
}

fn has_history(database: &Database) -> bool {
    rows(database, "SELECT to_regclass('limosa.migration') IS NOT NULL") == ["t"]
}

#[test]
fn a_history_is_shown_first_and_then_taken_over_with_its_dates() {
    on_servers(|database| {
        let project = prisma(database);
        let shown = project.limosa("adopt").exits(1).says("Prisma").says("2 as applied").says("--yes");
        assert!(shown.stdout.contains("to go on record: 2 migrations; pending here: 1"), "{shown}");
        assert!(!has_history(database), "showing writes nothing");

        project.limosa("adopt --yes --reason move").exits(0).says("on record: 2 migrations");
        let status = status(&project);
        assert_eq!(status["applied"][0]["applied_at"], "2024-01-01T10:00:00Z", "{status}");
        assert_eq!(versions(&project).1, ["20240103100000"]);
        let log = project.limosa("--json log").exits(0).stdout;
        assert!(log.contains("adopt") && log.contains("move"), "{log}");
        project.limosa("drift").exits(0).says("no drift");
        project.limosa("adopt --yes").exits(0).says("all of it is on record here");

        project.limosa("up").exits(0);
        assert_eq!(rows(database, "SELECT count(*) FROM pg_indexes WHERE indexname = 'patient_by_name'"), ["1"]);
        assert_eq!(rows(database, "SELECT count(*) FROM _prisma_migrations"), ["2"], "the old table is as it was");
        project.limosa("--yes down --steps 2").exits(0);
        assert_eq!(versions(&project).0, ["20240101100000"]);
        project.limosa("up").exits(0);
        project.limosa("adopt --undo --yes").exits(1).says("came after the take-over");
    });
}

#[test]
fn a_guard_stops_the_old_tool_and_goes_with_the_take_over() {
    on_servers(|database| {
        let project = prisma(database);
        project.limosa("adopt --yes --guard").exits(0).says("guarded public._prisma_migrations");
        let refused = database.query("DELETE FROM _prisma_migrations").unwrap_err();
        assert!(refused.message.contains("Limosa runs the migrations of this database now"), "{refused}");
        assert!(database.query("TRUNCATE _prisma_migrations").is_err());
        // The way back of a migration deletes from a table that is closed now; that part is left out.
        project.limosa("--yes down").exits(0);
        project.limosa("up --to 20240102100000").exits(0);
        project.limosa("adopt --undo --yes").exits(1);

        let other = database.server().fresh_database();
        let project = prisma(&other);
        project.limosa("adopt --undo --yes").exits(1).says("was not taken over");
        project.limosa("adopt --yes --guard").exits(0);
        project.limosa("adopt --undo").exits(2).says("--yes");
        project.limosa("adopt --undo --yes --reason 'too early'").exits(0).says("off the record: 2 migrations");
        other.execute("DELETE FROM _prisma_migrations WHERE false");
        assert_eq!(rows(&other, "SELECT count(*) FROM limosa.migration"), ["0"]);
        project.limosa("adopt --undo --yes").exits(1).says("was not taken over");
        project.limosa("adopt --yes").exits(0).says("on record: 2 migrations");
        assert_eq!(versions(&project).0.len(), 2);
    });
}

#[test]
fn what_did_not_come_to_its_end_is_refused_and_nothing_is_written() {
    on_servers(|database| {
        let project = prisma(database);
        database.execute(&prisma_row("20240103100000_add_index", ADD_INDEX, 3, false));
        project
            .limosa("adopt --yes")
            .exits(1)
            .says("did not come to the end of `20240103100000_add_index`")
            .says("ERROR: it broke")
            .says("prisma migrate resolve --applied");
        assert!(!has_history(database));

        database.execute("DELETE FROM _prisma_migrations WHERE finished_at IS NULL");
        project
            .write("migrations/20240101100000_create_patient/migration.sql", "CREATE TABLE patient (id int); -- x\n");
        project.limosa("adopt --yes").exits(1).says("was edited after Prisma had applied it").says("--accept-edited");
        assert!(!has_history(database));
        project.limosa("adopt --yes --accept-edited").exits(0);
        assert_eq!(versions(&project).0.len(), 2);
        project.limosa("status --check").exits(1).says("pending");
    });
}

#[test]
fn what_the_files_do_not_lead_to_is_shown_at_once() {
    on_servers(|database| {
        let project = prisma(database);
        database.execute("ALTER TABLE patient ADD phone text");
        let shown = project.limosa("adopt --yes").exits(0).says("do not lead to what is there");
        assert!(shown.all().contains("patient.phone"), "{shown}");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn programs_become_one_file_which_builds_a_fresh_database() {
    on_servers(|database| {
        let fresh = database.server().fresh_database();
        let other = database.server().fresh_database();
        let knex = "CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch integer, \
            migration_time timestamptz); \
            CREATE TABLE knex_migrations_lock (index serial PRIMARY KEY, is_locked integer); \
            INSERT INTO knex_migrations_lock (is_locked) VALUES (0); \
            INSERT INTO knex_migrations (name, batch, migration_time) VALUES \
            ('20240101000001_create_patient.js', 1, '2024-01-01 10:00:00Z'), \
            ('20240102000002_add_name.js', 1, '2024-01-02 10:00:00Z')";
        for database in [database, &other] {
            database.execute(&format!("{CREATE_PATIENT}{ADD_NAME}{knex}"));
        }
        let program = "exports.up = (knex) => knex.schema.createTable('patient', (t) => { t.increments() });\n";
        let project = Project::on(database)
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\nmigrations = \"migrations\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                 [env.other]\nurl = \"env:OTHER_URL\"\n[env.fresh]\nurl = \"env:FRESH_URL\"\n",
            )
            .with("migrations/20240101000001_create_patient.js", program)
            .with("migrations/20240102000002_add_name.js", program)
            .variable("OTHER_URL", other.url())
            .variable("FRESH_URL", fresh.url());
        project.limosa("adopt").exits(1).says("of programs, which Limosa does not run: 2");
        project.limosa("adopt --yes").exits(0).says("_initial_schema.sql");
        let written: Vec<String> =
            project.list("migrations").into_iter().filter(|name| name.ends_with(".sql")).collect();
        let text = project.read(&format!("migrations/{}", written[0]));
        assert!(text.contains("--   knex: 20240101000001_create_patient.js"), "{text}");
        assert!(text.contains("CREATE TABLE \"public\".\"patient\"") && !text.contains("knex_migrations\""), "{text}");
        assert_eq!(versions(&project).0.len(), 1);
        project.limosa("up").exits(0).says("up to date");

        // Elsewhere the file is there already.
        project.limosa("--env other adopt --yes").exits(0).never_says("wrote");
        project.limosa("--env other up").exits(0).says("up to date");
        project.limosa("--env fresh up").exits(0);
        let columns =
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'patient' ORDER BY 1";
        assert_eq!(rows(&fresh, columns), rows(database, columns));
        project.limosa("--env other adopt --yes").exits(0).says("all of it is on record here");

        other.execute("UPDATE knex_migrations_lock SET is_locked = 1");
        project.limosa("--env other adopt --yes").exits(1).says("knex migrate:unlock");
    });
}

#[test]
fn a_row_without_a_file_gives_the_file_back_where_the_history_kept_it() {
    on_servers(|database| {
        database.execute(&format!(
            "{CREATE_PATIENT}{ADD_NAME}CREATE SCHEMA supabase_migrations; \
             CREATE TABLE supabase_migrations.schema_migrations \
             (version text PRIMARY KEY, statements text[], name text); \
             INSERT INTO supabase_migrations.schema_migrations VALUES \
             ('20240101100000', ARRAY['CREATE TABLE patient (id int)'], 'create_patient'), \
             ('20240102100000', ARRAY['ALTER TABLE patient ADD name text'], 'add_name')"
        ));
        let project = Project::on(database)
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\nmigrations = \"supabase/migrations\"\n\
                 [env.dev]\nurl = \"env:DATABASE_URL\"\n",
            )
            .with("supabase/migrations/20240101100000_create_patient.sql", CREATE_PATIENT);
        project.limosa("adopt --yes").exits(1).says("--write-files");
        project.limosa("adopt --yes --write-files").exits(0).says("20240102100000_add_name.sql");
        let written = project.read("supabase/migrations/20240102100000_add_name.sql");
        assert_eq!(written, "ALTER TABLE patient ADD name text;\n");
        assert_eq!(versions(&project), (vec!["20240101100000".to_owned(), "20240102100000".to_owned()], vec![]));
    });
}

#[test]
fn two_tools_on_one_database_become_one_history() {
    on_servers(|database| {
        database.execute(&format!(
            "{CREATE_PATIENT}{ADD_NAME}{ADD_INDEX}\
             CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL); \
             INSERT INTO schema_migrations VALUES (2, false); \
             CREATE TABLE \"SequelizeMeta\" (name varchar(255) NOT NULL UNIQUE PRIMARY KEY); \
             INSERT INTO \"SequelizeMeta\" VALUES ('20240103000003-add_index.js')"
        ));
        let wrapper = "exports.up = (q) => q.sequelize.query(\
            fs.readFileSync(path.join(__dirname, '003_add_index.sql'), 'utf8'));";
        let project = Project::on(database)
            .with("migrations/001_create_patient.up.sql", CREATE_PATIENT)
            .with("migrations/002_add_name.up.sql", ADD_NAME)
            .with("migrations/003_add_index.sql", ADD_INDEX)
            .with("migrations/20240103000003-add_index.js", wrapper);
        project.limosa("adopt --yes").exits(0).says("golang-migrate").says("Sequelize").says("on record: 3 migrations");
        assert_eq!(versions(&project).1, Vec::<String>::new());

        project.write("migrations/002_add_phone.up.sql", "ALTER TABLE patient ADD phone text;\n");
        let again = database.server().fresh_database();
        again.execute(
            "CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL); \
             INSERT INTO schema_migrations VALUES (2, false)",
        );
        let project = project.variable("DATABASE_URL", again.url());
        project.limosa("adopt --yes").exits(1).says("version 002 is that of").says("limosa renumber");
    });
}

#[test]
fn a_role_that_may_not_make_the_history_changes_nothing() {
    on_servers(|database| {
        let project = prisma(database);
        let role = format!("adopter_{}", database.name().as_str());
        database.execute(&format!(
            "REVOKE CREATE ON DATABASE \"{name}\" FROM PUBLIC; CREATE ROLE \"{role}\" LOGIN PASSWORD 'secret'",
            name = database.name().as_str()
        ));
        let (_, rest) = database.url().split_once('@').unwrap();
        let project = project.variable("DATABASE_URL", &format!("postgresql://{role}:secret@{rest}"));
        project.limosa("adopt --yes").exits(1).says("may not read it");
        database.execute(&format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \"{role}\""));
        project.limosa("adopt --yes").exits(2).says("limosa");
        assert!(!has_history(database));
        database.execute(&format!("DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\""));
    });
}

#[test]
fn a_table_of_another_name_is_found_when_it_is_named() {
    on_servers(|database| {
        database.execute(&format!(
            "{CREATE_PATIENT}CREATE SCHEMA app; CREATE TABLE app.\"Done\" (version varchar PRIMARY KEY); \
             INSERT INTO app.\"Done\" VALUES ('001')"
        ));
        let project = Project::on(database).with("migrations/001_create_patient.sql", CREATE_PATIENT);
        project.limosa("adopt").exits(2).says("no history of another tool").says("--table");
        project.limosa("adopt --table app.nothing").exits(1).says("no table `app.nothing`");
        project.limosa("adopt --yes --table app.Done").exits(0).says("dbmate");
        assert_eq!(versions(&project).0, ["001"]);
    });
}

#[test]
fn the_effect_of_a_lost_file_is_put_before_what_waits() {
    on_servers(|database| {
        let project = prisma(database);
        let lost = "migrations/20240102100000_add_name";
        project.remove(&format!("{lost}/migration.sql"));
        project.remove(&format!("{lost}/down.sql"));
        project.limosa("adopt --yes").exits(1).says("without a file").says("--accept-missing");
        project.limosa("adopt --yes --accept-missing").exits(0).says("20240101100001_add_what_programs_made");
        project.limosa("up").exits(0);
        let fresh = database.server().fresh_database();
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        let indexes = "SELECT count(*) FROM pg_indexes WHERE indexname = 'patient_by_name'";
        assert_eq!(rows(&fresh, indexes), ["1"], "the index rests on a column of the lost file");
    });
}
