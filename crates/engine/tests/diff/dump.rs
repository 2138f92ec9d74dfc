//! `pg_dump`, an observer that is not us.

use std::process::Command;
use std::sync::OnceLock;

use limosa_catalog::ServerMajor;

/// What `pg_dump -s` prints, as sorted statements without comments; the columns of tables are sorted too, as their
/// order is no difference. `None` where no `pg_dump` of this major version is at hand.
pub(crate) fn dump(major: ServerMajor, url: &str) -> Option<Vec<String>> {
    let program = program(major)?;
    let output = Command::new(program).args(["-s", "-d", url]).output().unwrap();
    assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("--") && !line.starts_with('\\'));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut statements: Vec<String> = text.split(";\n").map(str::trim).map(sorted_columns).collect();
    statements.retain(|statement| !statement.is_empty());
    statements.sort();
    Some(statements)
}

fn sorted_columns(statement: &str) -> String {
    if !statement.starts_with("CREATE TABLE") && !statement.starts_with("CREATE FOREIGN TABLE") {
        return statement.to_owned();
    }
    let mut lines: Vec<&str> = statement.lines().map(|line| line.trim_end_matches(',')).collect();
    lines.sort_unstable();
    lines.join("\n")
}

fn program(major: ServerMajor) -> Option<&'static str> {
    static VERSION: OnceLock<Option<u32>> = OnceLock::new();
    let version = VERSION.get_or_init(|| {
        let output = Command::new("pg_dump").arg("--version").output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())
    });
    (*version == Some(u32::from(major.number()))).then_some("pg_dump")
}
