//! Large schemas: read, compared, planned, loaded, looked at for drift.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use limosa_testkit::{Database, PrivateServer, limosa_binary, pg_dump};

use crate::measured::{Measured, ROUNDS, median, psql_command, run, run_to};

/// One table in so many is changed.
const CHANGED: usize = 67;

pub(crate) fn measure(server: &PrivateServer, tables: usize) {
    println!("{tables} tables of 10 columns, 2 indexes and a foreign key; one in {CHANGED} changed");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let (before, after) = (path("before.sql", &schema(tables, false)), path("after.sql", &schema(tables, true)));
    let databases = [server.fresh_database(), server.fresh_database()];
    let load = |database: &Database, file: &Path| {
        let mut psql = psql_command(database.url(), "");
        psql.arg("-f").arg(file);
        run(psql)
    };
    let loaded = load(&databases[0], &before);
    load(&databases[1], &after);
    for database in &databases {
        run(psql_command(database.url(), "VACUUM ANALYZE"));
    }

    let rounds: Vec<(Duration, Measured)> = (0..ROUNDS)
        .map(|_| {
            let dumped: Duration = databases.iter().map(|database| run(dump(database)).wall).sum();
            let mut diff = limosa(folder.path(), server.programs());
            diff.args(["diff", databases[0].url(), databases[1].url()]);
            (dumped, run_to(diff, 1))
        })
        .collect();
    let dumped = median(rounds.iter().map(|round| round.0));
    let compared = median(rounds.iter().map(|round| round.1.wall));
    let peak = rounds.iter().map(|round| round.1.peak_kilobytes).max().unwrap_or_default() as f64 / 1024.0;
    println!("  pg_dump -s, both sides     {:>7.2} s", dumped.as_secs_f64());
    println!(
        "  limosa diff, both live     {:>7.2} s  {:.2} of pg_dump  {peak:.0} MB",
        compared.as_secs_f64(),
        compared.as_secs_f64() / dumped.as_secs_f64()
    );

    let from_files = || {
        let mut diff = limosa(folder.path(), server.programs());
        diff.args(["diff", "before.sql", "before.sql"]);
        run(diff)
    };
    // Both sides are the same file, which is computed once: the second finds the first's answer.
    let (first, again) = (from_files(), from_files());
    println!("  psql -f, one side          {:>7.2} s", loaded.wall.as_secs_f64());
    println!(
        "  limosa diff, from a file   {:>7.2} s  {:.2} of psql  {:.0} MB, with a server of its own",
        first.wall.as_secs_f64(),
        first.wall.as_secs_f64() / loaded.wall.as_secs_f64(),
        first.peak_kilobytes as f64 / 1024.0
    );
    println!("  limosa diff, once more     {:>7.2} s", again.wall.as_secs_f64());

    let project = folder.path().join("project");
    fs::create_dir_all(project.join("migrations")).unwrap();
    fs::copy(&before, project.join("migrations/00001_create_tables.sql")).unwrap();
    let target = server.fresh_database();
    let on_target = |verb: &str| {
        let mut command = limosa(&project, server.programs());
        command.args(["-q", "--url", target.url(), verb]);
        command
    };
    let up = run(on_target("up"));
    let drift = median((0..ROUNDS).map(|_| run(on_target("drift")).wall));
    println!("  limosa up, all of it       {:>7.2} s", up.wall.as_secs_f64());
    println!("  limosa drift, none found   {:>7.2} s\n", drift.as_secs_f64());
}

fn schema(tables: usize, changed: bool) -> String {
    let mut sql = String::new();
    for number in 0..tables {
        let _ = write!(sql, "CREATE TABLE visit_{number} (\n    id bigint PRIMARY KEY,\n    visit_id bigint");
        if number > 0 {
            let _ = write!(sql, " REFERENCES visit_{}", number - 1);
        }
        for column in 0..8 {
            let kind = if changed && column == 7 && number % CHANGED == 0 { "varchar(80)" } else { "text NOT NULL" };
            let _ = write!(sql, ",\n    note_{column} {kind}");
        }
        let _ = write!(
            sql,
            "\n);\nCREATE INDEX visit_{number}_visit_idx ON visit_{number} (visit_id);\n\
             CREATE INDEX visit_{number}_note_idx ON visit_{number} (note_0, note_1);\n"
        );
    }
    sql
}

fn dump(database: &Database) -> Command {
    let mut command = Command::new(pg_dump());
    command.args(["-s", "-d", database.url()]);
    command
}

/// Limosa in a folder, whose shadows run on these programs.
fn limosa(folder: &Path, programs: &Path) -> Command {
    let mut command = Command::new(limosa_binary());
    command.current_dir(folder).env("LIMOSA_CACHE", folder.join("cache")).env("LIMOSA_PG_BIN", programs);
    command
}
