//! `pg_dump`, an observer that is not us.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use limosa_catalog::ServerMajor;

use crate::environment::pg_dump;

/// What `pg_dump -s` prints of a database, as sorted statements without comments; the columns of tables are sorted too,
/// as their order is no difference. Schemas of these names are left out. `None` where no `pg_dump` that reads this
/// major version is at hand.
///
/// # Errors
/// What `pg_dump` says.
///
/// # Panics
/// It cannot be started, or prints what is no UTF-8.
pub fn schema_dump(major: ServerMajor, url: &str, left_out: &[&str]) -> Result<Option<Vec<String>>, String> {
    let Some(program) = program(major) else { return Ok(None) };
    let without = left_out.iter().map(|schema| format!("--exclude-schema={schema}"));
    let output = Command::new(program).args(["-s", "-d", url]).args(without).output().expect("pg_dump starts");
    if !output.status.success() {
        return Err(format!("pg_dump: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8(output.stdout).expect("pg_dump prints UTF-8");
    let lines = text.lines().filter(|line| !line.starts_with("--") && !line.starts_with('\\'));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut statements: Vec<String> = text.split(";\n").map(str::trim).map(sorted_columns).collect();
    statements.retain(|statement| !statement.is_empty());
    statements.sort();
    Ok(Some(statements))
}

fn sorted_columns(statement: &str) -> String {
    if !statement.starts_with("CREATE TABLE") && !statement.starts_with("CREATE FOREIGN TABLE") {
        return statement.to_owned();
    }
    let mut lines: Vec<&str> = statement.lines().map(|line| line.trim_end_matches(',')).collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// A `pg_dump` reads servers of its own major version and older ones.
fn program(major: ServerMajor) -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<(PathBuf, u16)>> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let program = pg_dump();
        let output = Command::new(&program).arg("--version").output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let version = text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())?;
        Some((program, version))
    });
    program.as_ref().filter(|(_, version)| *version >= major.number()).map(|(program, _)| program.as_path())
}
