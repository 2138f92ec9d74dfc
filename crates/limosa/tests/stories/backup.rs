//! Rows in files, and back.

use std::fs;

use limosa_testkit::{Connection, Database, pg_dump};

use crate::place::{EmbeddedServer, Place, everywhere, on_servers};
use crate::project::Project;

/// A project whose service has a folder for migrations.
fn project_on(database: &Database) -> Project {
    Project::on(database).with("migrations/.keep", "")
}

/// All rows of a table in one text, whatever their order.
fn sum_of(table: &str) -> String {
    format!("SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t")
}

fn value(database: &Database, sql: &str) -> String {
    database.execute(sql)[0][0].clone().unwrap_or_default()
}

fn sums(database: &Database, tables: &[&str]) -> Vec<String> {
    tables.iter().map(|table| value(database, &sum_of(table))).collect()
}

/// Every kind of table that has ways of its own.
const CLINIC: &str = r#"
CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE patient (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, born date,
    tags text[], extra jsonb, weight numeric(6, 2), seen timestamptz DEFAULT now(), raw bytea,
    initials text GENERATED ALWAYS AS (left(name, 1)) STORED, referred_by bigint REFERENCES patient,
    state state DEFAULT 'new', ratio float8);
CREATE TABLE visit (day date, number int, patient bigint REFERENCES patient ON DELETE CASCADE, note text,
    PRIMARY KEY (day, number)) PARTITION BY RANGE (day);
CREATE TABLE visit_2023 PARTITION OF visit FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE visit_2024 PARTITION OF visit FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE "Bill ""of"" 'goods'" (id serial PRIMARY KEY, "Amount" money, patient bigint REFERENCES patient);
CREATE TABLE note (text text);
CREATE TABLE nothing ();
INSERT INTO patient (name, born, tags, extra, weight, raw, ratio)
    SELECT 'P' || i || E'\t\n\\' || chr(8364), '1980-01-01'::date + i, ARRAY['a', NULL, E'b\n'], '{"a": [1, null]}',
           i / 7.0, decode('00ff0a5c', 'hex'), i / 3.0 FROM generate_series(1, 500) i;
UPDATE patient SET referred_by = id - 1 WHERE id > 1;
UPDATE patient SET weight = 'NaN', ratio = '-Infinity', born = 'infinity', name = '' WHERE id = 500;
INSERT INTO visit SELECT '2023-06-01'::date + i % 400, i, i, 'n' || i FROM generate_series(1, 500) i;
INSERT INTO "Bill ""of"" 'goods'" ("Amount", patient) SELECT i, i FROM generate_series(1, 300) i;
INSERT INTO note SELECT CASE i WHEN 3 THEN NULL WHEN 4 THEN '\N' WHEN 5 THEN '\.' ELSE 'x' END
    FROM generate_series(1, 9) i;
INSERT INTO nothing DEFAULT VALUES; INSERT INTO nothing DEFAULT VALUES;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.seen := now(); RETURN NEW; END';
CREATE TRIGGER touched BEFORE INSERT OR UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION touch();
"#;

const TABLES: [&str; 5] = ["patient", "visit", r#""Bill ""of"" 'goods'""#, "note", "nothing"];

/// The one file in the folder of backups that has this ending.
fn only_file(project: &Project, ending: &str) -> String {
    let found: Vec<String> = project.list("backups").into_iter().filter(|name| name.ends_with(ending)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    format!("backups/{}", found[0])
}

#[test]
fn tables_come_back_as_they_were() {
    on_servers(|database| {
        let project = project_on(database).with("migrations/001_clinic.sql", CLINIC);
        project.limosa("up").exits(0);
        let before = sums(database, &TABLES);
        let saved = project.limosa("backup --schema public").exits(0);
        saved.says("5 tables, 1311 rows").says("read again and found right");
        let file = only_file(&project, ".limosa");
        project.limosa(&format!("backup --verify {file}")).exits(0).says("is whole").says("1311 rows");
        project.limosa("backup list").exits(0).says("dev clinic").says("5 tables");
        project.limosa(&format!("restore {file}")).exits(0).says("there is nothing to put back");

        database.execute(
            r#"UPDATE patient SET name = 'somebody', weight = 1 WHERE id % 3 = 0;
               DELETE FROM patient WHERE id = 500; INSERT INTO patient (name) VALUES ('new');
               DELETE FROM visit WHERE number % 2 = 0; UPDATE visit SET note = 'other' WHERE number = 1;
               DELETE FROM "Bill ""of"" 'goods'" WHERE id > 200; DELETE FROM note; DELETE FROM nothing"#,
        );
        assert_ne!(sums(database, &TABLES), before);
        let looked = project.limosa(&format!("--json restore {file} --dry-run")).exits(0).json();
        let patient = looked["tables"].as_array().unwrap().iter().find(|it| it["table"] == "public.patient").unwrap();
        let counts = ["rows_now", "rows_then", "only_now", "changed", "only_then"].map(|it| patient[it].as_u64());
        assert_eq!(counts, [500, 500, 1, 166, 1].map(Some), "{patient}");
        let refused = project.limosa(&format!("restore {file}")).exits(2);
        refused.says("error[overwrites-newer]").says("nothing was done").says("--allow overwrites-newer");
        assert_ne!(sums(database, &TABLES), before, "nothing was done");

        let restored = project.limosa(&format!("restore {file} --allow overwrites-newer --reason mistake")).exits(0);
        restored.says("rows put back");
        assert_eq!(sums(database, &TABLES), before);
        project.limosa("log").exits(0).says("restore").says("mistake");
        project.limosa("drift").exits(0);
        let enabled = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'touched'";
        assert_eq!(value(database, enabled), "O", "the trigger fires again");
        database.execute("INSERT INTO patient (name) VALUES ('next')");
        let next = "SELECT id FROM patient WHERE name = 'next'";
        assert_eq!(value(database, next), "502", "a number that was given out is not given out again");
    });
}

#[test]
fn a_table_that_is_gone_is_made_again_with_all_that_it_had() {
    everywhere(|place| {
        let project = match place {
            Place::Server(database) => project_on(database),
            Place::Embedded => Project::new().with("limosa.toml", "[project]\nname = \"clinic\"\n"),
        };
        let project = project.with("migrations/001_clinic.sql", CLINIC).with(
            "migrations/002_gone.sql",
            "-- limosa: allow deletes-data\n\
             DROP TABLE visit, \"Bill \"\"of\"\" 'goods'\", patient;\nDROP TYPE state;\n",
        );
        project.limosa("up --steps 1").exits(0);
        let sums = || TABLES.map(|table| place.query(&project, "clinic", &sum_of(table))[0][0].clone());
        let before = sums();
        project.limosa("backup --tables touched").exits(0).says("3 tables, 1300 rows");
        let file = only_file(&project, ".limosa");
        project.limosa("up").exits(0);
        let look = project.limosa(&format!("restore {file} --dry-run")).exits(0);
        look.says("gone").says("one event").never_says("error");
        project.limosa(&format!("--yes restore {file}")).exits(0).says("1300 rows put back");
        assert_eq!(sums(), before);
        let indexes =
            "SELECT count(*)::text FROM pg_constraint WHERE conrelid = 'patient'::regclass AND contype IN ('p', 'f')";
        assert_eq!(place.query(&project, "clinic", indexes)[0][0].as_deref(), Some("2"));
    });
}

#[test]
fn keys_that_led_to_a_table_that_is_gone_are_named() {
    on_servers(|database| {
        let schema = "CREATE TABLE idt (id int PRIMARY KEY); CREATE TABLE fk1 (p int REFERENCES idt, q int);
                      INSERT INTO idt VALUES (1), (2); INSERT INTO fk1 VALUES (1, 1);";
        let project = project_on(database).with("migrations/001_idt.sql", schema);
        project.limosa("up").exits(0);
        project.limosa("backup --tables all").exits(0);
        let file = only_file(&project, ".limosa");
        let told = "public.idt: fk1_p_fkey of public.fk1 led here and is not made again";
        project.limosa(&format!("restore {file} --dry-run")).exits(0).never_says("led here");
        database.execute("DROP TABLE idt CASCADE");
        project.limosa(&format!("restore {file} --dry-run")).exits(0).says(told);
        let restored = project.limosa(&format!("--yes restore {file}")).exits(0);
        restored.says(told).says("2 rows put back");
    });
}

#[test]
fn what_was_added_since_stays_where_that_is_wanted() {
    on_servers(|database| {
        let project = project_on(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, name text, code text UNIQUE);
             INSERT INTO patient SELECT i, 'P' || i, 'C' || i FROM generate_series(1, 10) i;
             CREATE TABLE log (text text); INSERT INTO log VALUES ('a')",
        );
        project.limosa("backup --table patient --table log").exits(0);
        let file = only_file(&project, ".limosa");
        // Two rows have exchanged a value that is unique.
        database.execute(
            "DELETE FROM patient WHERE id = 10; INSERT INTO patient VALUES (11, 'P11', 'C11');
             UPDATE patient SET code = 'x' WHERE id = 1; UPDATE patient SET code = 'C1' WHERE id = 2;
             UPDATE patient SET code = 'C2' WHERE id = 1; DELETE FROM log; INSERT INTO log VALUES ('b')",
        );
        let merge = format!("restore {file} --merge --allow overwrites-newer");
        project.limosa(&merge).exits(2).says("log has no primary key");
        project.limosa(&format!("{merge} --table patient")).exits(0).says("3 rows put back");
        let all = "SELECT string_agg(id || code, ' ' ORDER BY id) FROM patient";
        assert_eq!(value(database, all), "1C1 2C2 3C3 4C4 5C5 6C6 7C7 8C8 9C9 10C10 11C11");
        assert_eq!(value(database, "SELECT text FROM log"), "b");
        project.limosa(&format!("restore {file} --table visit")).exits(2).says("the backup holds no table `visit`");
    });
}

#[test]
fn columns_are_matched_by_name_when_the_schema_has_changed() {
    on_servers(|database| {
        let project = project_on(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, name text, phone text, weight int);
             INSERT INTO patient SELECT i, 'P' || i, '0' || i, i FROM generate_series(1, 10) i",
        );
        project.limosa("backup --table patient").exits(0);
        let file = only_file(&project, ".limosa");
        database.execute(
            "ALTER TABLE patient DROP COLUMN phone, ADD COLUMN email text, ALTER COLUMN weight TYPE numeric;
             UPDATE patient SET email = 'e' || id, name = 'other' WHERE id < 6; DELETE FROM patient WHERE id = 10",
        );
        let restored = project.limosa(&format!("restore {file} --allow overwrites-newer")).exits(0);
        let restored = restored.says("phone of the backup is not there any more").says("email is not in the backup");
        restored.says("weight (integer, now numeric)").says("6 rows put back");
        let all =
            "SELECT string_agg(concat_ws('/', id, name, email), ' ' ORDER BY id) FROM patient WHERE id IN (1, 6, 10)";
        assert_eq!(value(database, all), "1/P1/e1 6/P6 10/P10", "a new column keeps its values");
    });
}

#[test]
fn two_tables_that_must_sum_up_do_so_in_a_backup_that_is_made_while_others_write() {
    on_servers(|database| {
        let project = project_on(database);
        database.execute(
            "CREATE TABLE debit (id int PRIMARY KEY, amount int, filler text);
             CREATE TABLE credit (id int PRIMARY KEY, amount int, filler text);
             INSERT INTO debit SELECT i, 1000, repeat('x', 500) FROM generate_series(1, 20000) i;
             INSERT INTO credit SELECT i, 1000, repeat('x', 500) FROM generate_series(1, 20000) i",
        );
        let url = database.url().to_owned();
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let writer = std::thread::spawn(move || {
            let session = Connection::open(&url);
            let mut transfers = 0;
            while stopped.try_recv().is_err() {
                let (from, to) = (1 + transfers % 20_000, 1 + (transfers * 7919) % 20_000);
                session.execute(&format!(
                    "BEGIN; UPDATE debit SET amount = amount - 1 WHERE id = {from};
                     UPDATE credit SET amount = amount + 1 WHERE id = {to}; COMMIT"
                ));
                transfers += 1;
            }
            transfers
        });
        project.limosa("backup --tables all").exits(0);
        stop.send(()).unwrap();
        assert!(writer.join().unwrap() > 0, "somebody wrote meanwhile");
        let file = only_file(&project, ".limosa");
        project.limosa(&format!("restore {file} --allow overwrites-newer")).exits(0);
        let total = "SELECT (SELECT sum(amount) FROM debit) + (SELECT sum(amount) FROM credit)";
        assert_eq!(value(database, total), "40000000");
    });
}

#[test]
fn sql_of_tables_is_loaded_by_psql() {
    on_servers(|database| {
        let project = project_on(database).with("migrations/001_clinic.sql", CLINIC);
        project.limosa("up").exits(0);
        let before = sums(database, &TABLES[1..]);
        project.limosa("backup --schema public --plain").exits(0).says("5 tables, 1311 rows");
        let file = only_file(&project, ".sql");
        project.limosa(&format!("backup --verify {file}")).exits(0).says("is whole");
        project.limosa(&format!("restore {file}")).exits(2).says("psql -f");
        database.execute("UPDATE patient SET name = 'x'; DELETE FROM visit; TRUNCATE note");
        let mut psql = std::process::Command::new("psql");
        psql.arg(database.url()).args(["-q", "-f"]).arg(project.path().join(&file));
        let Ok(loaded) = psql.output() else {
            println!("there is no psql here, so the file is not loaded");
            return;
        };
        assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
        assert_eq!(sums(database, &TABLES[1..]), before);
        assert_eq!(value(database, "SELECT count(*) FROM patient WHERE name = 'x'"), "0");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_damaged_file_is_told_before_anything_is_done() {
    on_servers(|database| {
        let project = project_on(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, name text);
             INSERT INTO patient SELECT i, md5(i::text) FROM generate_series(1, 5000) i",
        );
        project.limosa("backup --table patient").exits(0);
        let file = only_file(&project, ".limosa");
        let whole = fs::read(project.path().join(&file)).unwrap();
        database.execute("TRUNCATE patient");
        for (name, bytes, says) in [
            ("half", whole[..whole.len() / 2].to_vec(), "cut off"),
            ("short", whole[..20].to_vec(), "cut off"),
            ("flipped", flipped(&whole, whole.len() / 3), "not those that were written"),
            ("contents", flipped(&whole, whole.len() - 200), "damaged"),
            ("length", flipped(&whole, whole.len() - 47), "not where they should be"),
            ("newer", [b"limosa-backup 9\n", &whole[16..]].concat(), "format 9"),
            ("other", b"hello".to_vec(), "no backup of Limosa"),
            ("empty", Vec::new(), "no backup of Limosa"),
        ] {
            let path = format!("{name}.limosa");
            project.write(&path, bytes);
            project.limosa(&format!("backup --verify {path}")).says(says).never_says("is whole");
            project.limosa(&format!("restore {path} --allow overwrites-newer --yes")).says(says);
            assert_eq!(value(database, "SELECT count(*) FROM patient"), "0", "{name}");
        }
        project.limosa("backup --verify nowhere.limosa").exits(2);
        project.limosa(&format!("--yes restore {file}")).exits(0).says("5000 rows");
    });
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 0x10;
    bytes
}

#[test]
fn what_may_not_be_read_is_named_and_leaves_no_file() {
    on_servers(|database| {
        let role = format!("{}_reader", database.name().as_str());
        database.execute(&format!(
            "CREATE TABLE open (id int); CREATE TABLE \"Secret\" (id int); CREATE TABLE hidden (id int);
             CREATE ROLE {role} LOGIN PASSWORD 'p'; GRANT SELECT ON open, hidden TO {role};
             ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON hidden USING (id = 1)"
        ));
        let (_, place) = database.url().split_once('@').unwrap();
        let url = format!("postgresql://{role}:p@{place}");
        let project = project_on(database).variable("DATABASE_URL", &url);
        let refused = project.limosa("backup --table open --table '\"Secret\"'").exits(2);
        refused.says("error[no-privilege]").says("may not read \"public\".\"Secret\"").says("GRANT SELECT");
        project.limosa("backup --table hidden").exits(2).says("row-level security");
        project.limosa("backup --table nowhere").exits(2).says("there is no table `nowhere`");
        let left: Vec<String> = project.list("backups").into_iter().filter(|name| name != ".gitignore").collect();
        assert_eq!(left, Vec::<String>::new());
        project.limosa("backup --table open").exits(0).says("1 table, 0 rows");
        database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    });
}

#[test]
fn a_folder_that_cannot_be_written_is_said_before_anything_is_done() {
    on_servers(|database| {
        let project = project_on(database).with("backups", "a file in the place of the folder");
        database.execute("CREATE TABLE patient (id int)");
        project.limosa("backup --table patient").exits(2).says("error[backup-not-writable]").says("nothing was done");
    });
}

#[test]
fn a_backup_of_another_database_is_put_back_elsewhere_only_where_that_is_meant() {
    on_servers(|database| {
        let other = database.server().fresh_database();
        let project = project_on(database);
        database.execute(
            "CREATE TABLE parent (id int PRIMARY KEY);
             CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent);
             INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1, 1), (2, 2)",
        );
        project.limosa("backup --table child --table parent").exits(0);
        let file = only_file(&project, ".limosa");
        let moved = project_on(&other);
        let path = project.path().join(&file);
        let path = path.display();
        moved.limosa(&format!("--yes restore {path}")).exits(2).says("error[other-database]");
        project.limosa(&format!("--yes restore {path} --into {}", other.url())).exits(0).says("4 rows put back");
        assert_eq!(value(&other, "SELECT count(*) FROM child JOIN parent ON child.parent = parent.id"), "2");
        // A row that the backup lacks is referred to by one that nobody asked to restore.
        database.execute("INSERT INTO parent VALUES (3); INSERT INTO child VALUES (3, 3)");
        let refused = project.limosa(&format!("restore {file} --table parent --allow overwrites-newer")).exits(2);
        refused.says("nothing was changed").says("--merge");
        assert_eq!(value(database, "SELECT count(*) FROM parent"), "3");
    });
}

#[test]
fn a_whole_database_is_saved_by_pg_dump_and_takes_the_place_of_the_old() {
    on_servers(|database| {
        let folder = pg_dump().parent().unwrap().display().to_string();
        let project = project_on(database).with("migrations/001_clinic.sql", CLINIC).variable("LIMOSA_PG_BIN", &folder);
        project.limosa("up").exits(0);
        database.execute("SELECT lo_from_bytea(4711, 'large')");
        let before = sums(database, &TABLES);
        project.limosa("backup").exits(0).says("read again and found right");
        let file = only_file(&project, ".dump");
        project.limosa(&format!("backup --verify {file}")).exits(0).says("is whole");
        project.limosa("backup list").exits(0).says("database");
        let new = format!("{}_new", database.name().as_str());
        let url = database.url().replacen(database.name().as_str(), &new, 1);
        project.limosa(&format!("restore {file} --into {url}")).exits(0).says("is put back");
        project.limosa(&format!("restore {file} --into {url}")).exits(2).says("has tables");
        let there = limosa_testkit::execute(&url, &sum_of("patient"));
        assert_eq!(there[0][0].as_deref(), Some(before[0].as_str()));
        let large = limosa_testkit::execute(&url, "SELECT convert_from(lo_get(4711), 'UTF8')");
        assert_eq!(large[0][0].as_deref(), Some("large"));
        limosa_testkit::execute(database.server().url(), &format!("DROP DATABASE \"{new}\""));
        let mut bytes = fs::read(project.path().join(&file)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(project.path().join(&file), bytes).unwrap();
        project.limosa(&format!("backup --verify {file}")).exits(1).says("not those that were written");
    });
}

/// A project whose runs save what they touch.
fn saving(project: Project, how: &str, more: &str) -> Project {
    let config =
        format!("[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\nbackup = \"{how}\"\n{more}");
    project
        .with("limosa.toml", config)
        .with(
            "migrations/001_base.sql",
            "CREATE TABLE patient (id int PRIMARY KEY, email text);\n\
             CREATE TABLE visit (id int PRIMARY KEY, patient int REFERENCES patient ON DELETE CASCADE);\n\
             CREATE TABLE other (id int);\n\
             INSERT INTO patient SELECT i, 'A' || i FROM generate_series(1, 100) i;\n\
             INSERT INTO visit SELECT i, i FROM generate_series(1, 50) i;\n",
        )
        .with("migrations/002_lower.sql", "UPDATE patient SET email = lower(email);\n")
        .with("migrations/002_lower.down.sql", "DELETE FROM patient WHERE id > 90;\n")
}

fn backups(project: &Project) -> Vec<String> {
    if !project.path().join("backups").exists() {
        return Vec::new();
    }
    project.list("backups").into_iter().filter(|name| !name.starts_with('.') && !name.ends_with(".json")).collect()
}

#[test]
fn a_run_saves_the_tables_that_it_touches_before_it_changes_them() {
    on_servers(|database| {
        let project = saving(Project::on(database), "touched-tables", "");
        let first = project.limosa("up --steps 1").exits(0);
        first.says("no backup is made, since nothing that is there is touched");
        assert_eq!(backups(&project), Vec::<String>::new());
        project.limosa("up").exits(0).says("saved 150 rows");
        let found = backups(&project);
        let [file] = &found[..] else { panic!("{found:?}") };
        assert!(file.starts_with("dev-clinic-2") && file.ends_with("-before-up-002.limosa"), "{file}");
        project.limosa("up").exits(0).says("up to date");
        assert_eq!(backups(&project).len(), 1, "nothing is pending, and no backup is made");
        project.limosa("--json log").exits(0).says("\"backup\"").says(file);
        // What the migration has lost comes back.
        let file = format!("backups/{file}");
        project.limosa(&format!("restore {file} --table patient --allow overwrites-newer")).exits(0).says("100 rows");
        assert_eq!(value(database, "SELECT count(*) FROM patient WHERE email LIKE 'A%'"), "100");
        project.limosa("down --backup off").exits(0);
        assert_eq!(backups(&project).len(), 1, "it was said that nothing is saved");
        project.limosa("up --backup tables").exits(0).says("saved");
        project.limosa("down").exits(0).says("saved");
        let found = backups(&project);
        assert!(found.iter().any(|name| name.ends_with("-before-down-002.limosa")), "{found:?}");
        assert_eq!(project.read("backups/.gitignore"), "*\n");
    });
}

#[test]
fn a_statement_whose_effect_cannot_be_told_has_every_table_saved() {
    on_servers(|database| {
        let project = saving(Project::on(database), "touched-tables", "")
            .with("migrations/003_do.sql", "DO $$ BEGIN EXECUTE 'UPDATE ' || 'other SET id = 1'; END $$;\n");
        project.limosa("up --to 002 --backup off").exits(0);
        project.limosa("up").exits(0).says("saved");
        let list = project.limosa("--json backup list").exits(0).json();
        assert!(list[0]["tables"].as_u64().unwrap() > 3, "{list}");
    });
}

#[test]
fn a_run_saves_the_whole_database_first() {
    on_servers(|database| {
        let folder = pg_dump().parent().unwrap().display().to_string();
        let project = saving(Project::on(database), "before-up", "").variable("LIMOSA_PG_BIN", &folder);
        project.limosa("up --to 001 --backup off").exits(0);
        project.limosa("up").exits(0).says("saved");
        let found = backups(&project);
        let [file] = &found[..] else { panic!("{found:?}") };
        assert!(file.ends_with("-before-up-002.dump"), "{file}");
        // In place of the database, which is kept.
        let refused = project.limosa(&format!("restore backups/{file}")).exits(2);
        refused.says("error[overwrites-newer]").says("kept under another name");
        let restored = project.limosa(&format!("restore backups/{file} --allow overwrites-newer")).exits(0);
        restored.says("is put back").says("_before_restore_");
        assert_eq!(value(database, "SELECT count(*) FROM patient WHERE email LIKE 'A%'"), "100");
        project.limosa("status").exits(0).says("pending");
        let old = format!(
            "SELECT datname FROM pg_database WHERE datname LIKE '{}_before_restore_%'",
            database.name().as_str()
        );
        let old = value(database, &old);
        let renamed = database.url().replacen(database.name().as_str(), &old, 1);
        let there = limosa_testkit::execute(&renamed, "SELECT count(*) FROM patient WHERE email LIKE 'a%'");
        assert_eq!(there[0][0].as_deref(), Some("100"), "the old one is whole");
        limosa_testkit::execute(database.server().url(), &format!("DROP DATABASE \"{old}\""));
    });
}

#[test]
fn a_run_that_cannot_save_does_nothing() {
    on_servers(|database| {
        let project = saving(Project::on(database), "touched-tables", "").with("backups", "a file, no folder");
        project.limosa("up").exits(2).says("error[backup-not-writable]").says("nothing was done");
        let made = "SELECT count(*) FROM pg_namespace WHERE nspname = 'limosa'";
        assert_eq!(value(database, made), "0", "not even a history was made");
    });
}

#[test]
fn a_pg_dump_that_is_too_old_is_said_with_what_was_found() {
    use std::os::unix::fs::PermissionsExt as _;

    on_servers(|database| {
        let project = saving(Project::on(database), "before-up", "")
            .with("bin/pg_dump", "#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.3'\n");
        let program = project.path().join("bin/pg_dump");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let folder = project.path().join("bin").display().to_string();
        let project = project.variable("LIMOSA_PG_BIN", &folder).variable("PATH", &folder);
        let major: u32 = value(database, "SHOW server_version_num").parse::<u32>().unwrap() / 10_000;
        let packaged =
            (major..major + 5).any(|it| fs::exists(format!("/usr/lib/postgresql/{it}/bin/pg_dump")).unwrap());
        if major == 15 || packaged {
            println!("a pg_dump that is new enough is installed");
            return;
        }
        let refused = project.limosa("up").exits(2).says("error[no-dump-program]");
        refused
            .says(&format!("no pg_dump of PostgreSQL {major} or newer was found"))
            .says("15.3")
            .says("LIMOSA_PG_BIN");
        assert_eq!(value(database, "SELECT to_regclass('patient') IS NULL"), "t", "nothing was run");
    });
}

#[test]
fn backups_of_runs_go_when_they_are_due() {
    on_servers(|database| {
        let project = saving(Project::on(database), "touched-tables", "[backup]\nfolder = \"saved\"\nkeep = 2\n");
        project.limosa("up").exits(0);
        project.limosa("backup --table patient --output saved/by-hand.limosa").exits(0);
        project.write("saved/notes.limosa", "not ours");
        for _ in 0..3 {
            project.limosa("down").exits(0);
            project.limosa("up").exits(0);
        }
        let names = project.list("saved");
        let of_runs = names.iter().filter(|name| name.contains("-before-")).count();
        assert_eq!(of_runs, 2, "{names:?}");
        assert!(names.iter().any(|name| name == "by-hand.limosa") && names.iter().any(|name| name == "notes.limosa"));
    });
}

#[test]
fn the_embedded_database_is_saved_as_a_whole_and_made_anew_from_it() {
    let config = "[project]\nname = \"clinic\"\n[env.dev]\nbackup = \"before-up\"\n";
    let project = Project::new()
        .with("limosa.toml", config)
        .with("migrations/001_clinic.sql", CLINIC)
        .with("migrations/002_view.sql", "CREATE MATERIALIZED VIEW names AS SELECT name FROM patient;\n");
    let place = Place::Embedded;
    let sums = |project: &Project| TABLES.map(|table| place.query(project, "clinic", &sum_of(table))[0][0].clone());
    project.limosa("up").exits(0);
    project.limosa("backup").exits(0).says("tables");
    let before = sums(&project);
    let found = backups(&project);
    let [.., file] = &found[..] else { panic!("{found:?}") };
    let from = project.path().join("backups").join(file);
    // Elsewhere, where nothing is yet but the database.
    let fresh = Project::new().with("limosa.toml", "[project]\nname = \"clinic\"\n");
    fresh.write("migrations/001_none.sql", "SELECT 1;\n");
    fresh.limosa("up").exits(0);
    EmbeddedServer::of(&fresh).query_each(["clinic"], "DROP SCHEMA limosa CASCADE");
    fresh.limosa(&format!("--yes restore {}", from.display())).exits(0).says("rows put back");
    assert_eq!(sums(&fresh), before);
    let rows = place.query(&fresh, "clinic", "SELECT count(*)::text FROM names");
    assert_eq!(rows[0][0].as_deref(), Some("500"), "materialized views are filled");
    let history = place.query(&fresh, "clinic", "SELECT string_agg(kind, ' ' ORDER BY seq) FROM limosa.event");
    assert_eq!(history[0][0].as_deref(), Some("backup up up restore"), "the history came along, and goes on");
}
