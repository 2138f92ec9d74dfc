//! Backups that are broken off, that find no room, and that are large.

use std::fs;
use std::thread;
use std::time::Duration;

use limosa_testkit::{Database, PgBouncer, PoolMode, pg_dump, server, servers};

use crate::database::Target;
use crate::patience::wait_until;
use crate::project::{Project, Running, Signal};

/// Rows that do not compress well.
const LARGE: &str = "CREATE TABLE scan (id int PRIMARY KEY, image text);
    INSERT INTO scan SELECT i, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 128) j)
    FROM generate_series(1, 50000) i";
const LARGE_BYTES: u64 = 50_000 * 128 * 32;
/// What a backup and a restore of it may have in memory: less than the rows.
const MOST_MEMORY: u64 = LARGE_BYTES * 3 / 4;

const SUM: &str = "SELECT count(*) || ' ' || sum(hashtext(s::text)::bigint) FROM scan s";

/// The files in the folder of backups, but for the one that hides them from git.
fn files(project: &Project) -> Vec<String> {
    let Ok(entries) = fs::read_dir(project.path().join("backups")) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != ".gitignore").collect()
}

/// The most that a process has had in memory so far, in bytes; `None` when it has ended.
fn most_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// Waits for the end, and gives the most memory that was seen.
fn watched(mut running: Running) -> (crate::project::Ended, u64) {
    let mut most = 0;
    while running.is_running() {
        most = most.max(most_memory(running.id()).unwrap_or_default());
        thread::sleep(Duration::from_millis(5));
    }
    (running.end(), most)
}

#[test]
fn rows_by_the_hundred_megabytes_pass_through_little_memory() {
    let database = server().fresh_database();
    let target = Target(database.url());
    target.run(LARGE);
    let project = Project::new(database.url(), "", &[]);
    let before = target.value(SUM);
    let (saved, memory) = watched(project.start(&["backup", "--table", "scan"]));
    saved.must_exit(0).must_say(&["50000 rows"]);
    assert!(memory > 0 && memory < MOST_MEMORY, "a backup had {memory} bytes in memory");
    let file = format!("backups/{}", files(&project).pop().unwrap());
    target.run("DELETE FROM scan WHERE id % 2 = 0");
    let (restored, memory) = watched(project.start(&["restore", &file, "--yes"]));
    restored.must_exit(0);
    assert!(memory > 0 && memory < MOST_MEMORY, "a restore had {memory} bytes in memory");
    assert_eq!(target.value(SUM), before);
}

#[test]
fn a_backup_that_is_broken_off_leaves_no_file() {
    let database = server().fresh_database();
    Target(database.url()).run(LARGE);
    let project = Project::new(database.url(), "", &[]);
    let is_written =
        |name: &String| fs::metadata(project.path().join("backups").join(name)).is_ok_and(|it| it.len() > 0);
    for (signal, code) in [(Signal::Interrupt, 3), (Signal::Terminate, 3)] {
        let running = project.start(&["backup", "--table", "scan"]);
        wait_until("a file in the making", || files(&project).iter().any(is_written));
        running.signal(signal);
        running.end().must_exit(code).must_say(&["no file was left"]);
        assert_eq!(files(&project), [""; 0], "after {signal:?}");
    }
}

/// A project that finds the newest of PostgreSQL's own programs.
fn with_programs(database: &Database) -> Project {
    let folder = pg_dump().parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    Project::new(database.url(), "", &[]).variable("LIMOSA_PG_BIN", &folder)
}

#[test]
fn a_whole_database_whose_backup_is_broken_off_leaves_no_file() {
    for server in servers() {
        let database = server.fresh_database();
        Target(database.url()).run(LARGE);
        let project = with_programs(&database);
        let is_written =
            |name: &String| fs::metadata(project.path().join("backups").join(name)).is_ok_and(|it| it.len() > 0);
        for (words, signal) in [(["backup"].as_slice(), Signal::Interrupt), (&["backup", "--plain"], Signal::Terminate)]
        {
            let running = project.start(words);
            wait_until("a file in the making", || files(&project).iter().any(is_written));
            running.signal(signal);
            running.end().must_exit(3).must_say(&["no file was left"]);
            assert_eq!(files(&project), [""; 0], "after {signal:?}");
        }
        Target(database.url()).wait_until_quiet();
    }
}

#[test]
fn a_whole_database_that_finds_no_room_leaves_no_file() {
    for server in servers() {
        let database = server.fresh_database();
        Target(database.url()).run(
            "CREATE TABLE scan (id int PRIMARY KEY, image text);
             INSERT INTO scan SELECT i, md5(i::text) || md5(i::text || 'x') FROM generate_series(1, 50000) i",
        );
        let project = with_programs(&database);
        for format in [["backup"].as_slice(), &["backup", "--plain"]] {
            project.run_with_files_of(512, format).must_exit(2).must_say(&["pg_dump", "File too large"]);
            assert_eq!(files(&project), [""; 0], "of {format:?}");
            project.run(format).must_exit(0);
            fs::remove_dir_all(project.path().join("backups")).unwrap();
        }
    }
}

/// A limit on the size of files is what a disk without room is to whoever writes: no byte more goes in. A small file
/// system would need rights that a test may not have.
#[test]
fn a_backup_that_finds_no_room_leaves_no_file_and_damages_nothing() {
    for server in servers() {
        let database = server.fresh_database();
        let target = Target(database.url());
        target.run(
            "CREATE TABLE scan (id int PRIMARY KEY, image text);
             INSERT INTO scan SELECT i, md5(i::text) || md5(i::text || 'x') FROM generate_series(1, 50000) i",
        );
        let before = target.value(SUM);
        let project = Project::new(database.url(), "", &[]);
        for format in [["backup", "--table", "scan"].as_slice(), &["backup", "--table", "scan", "--plain"]] {
            let refused = project.run_with_files_of(1024, format).must_exit(2);
            refused.must_say(&["backups", "large"]);
            assert_eq!(files(&project), [""; 0], "of {format:?}");
            project.run(format).must_exit(0);
            assert_eq!(files(&project).len(), 1, "with room, {format:?} is done");
            fs::remove_dir_all(project.path().join("backups")).unwrap();
        }
        assert_eq!(target.value(SUM), before);
    }
}

#[test]
fn through_a_transaction_pooler_rows_are_saved_and_put_back_for_their_owner() {
    for server in servers() {
        let database = server.fresh_database();
        let Some(pooler) = PgBouncer::start(database.server().url(), PoolMode::Transaction) else {
            println!("skipped: no pgbouncer on this machine (Debian: apt-get install pgbouncer)");
            return;
        };
        let target = Target(database.url());
        let owner =
            format!("keeper_{}", target.value("SELECT oid FROM pg_database WHERE datname = current_database()"));
        target.run(&format!(
            "CREATE ROLE {owner}; CREATE TABLE scan (id int PRIMARY KEY, image text); ALTER TABLE scan OWNER TO {owner};
             INSERT INTO scan SELECT i, md5(i::text) FROM generate_series(1, 5000) i; GRANT {owner} TO CURRENT_USER",
        ));
        target.run(&format!("GRANT ALL ON SCHEMA public TO {owner}"));
        target.run(&format!(
            "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {owner}', current_database()); END $$"
        ));
        let before = target.value(SUM);
        let project = Project::new(&pooler.url(database.url()), "", &[]);
        let toml = fs::read_to_string(project.path().join("limosa.toml")).unwrap();
        let toml = toml.replace("[project]\n", &format!("[project]\nowner_role = \"{owner}\"\n"));
        fs::write(project.path().join("limosa.toml"), toml).unwrap();
        project.run(&["backup", "--table", "scan"]).must_exit(0).must_say(&["5000 rows"]);
        let file = format!("backups/{}", files(&project).pop().unwrap());
        target.run("DELETE FROM scan WHERE id > 10; UPDATE scan SET image = 'newer' WHERE id = 3");
        project.run(&["restore", &file, "--yes"]).must_exit(2).must_say(&["overwrites-newer"]);
        project.run(&["restore", &file, "--yes", "--allow", "overwrites-newer"]).must_exit(0);
        assert_eq!(target.value(SUM), before);
        let owned = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'scan'::regclass";
        assert_eq!(target.value(owned), owner);
        target.run("DROP TABLE scan");
        project.run(&["restore", &file, "--yes"]).must_exit(0);
        assert_eq!((target.value(SUM), target.value(owned)), (before, owner.clone()), "made again, it is the owner's");
        target.run(&format!("DROP OWNED BY {owner} CASCADE; DROP ROLE {owner}"));
    }
}
