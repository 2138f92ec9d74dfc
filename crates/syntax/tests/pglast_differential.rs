//! Compares the splitter with PostgreSQL's own parser, through the Python package pglast, on every SQL file of the
//! repository.
//!
//! A file that PostgreSQL must not be asked about says so in a comment, with the reason: `-- oracle: skip (reason)`.
//!
//! Python is found through `LIMOSA_TEST_PYTHON`; without it the comparison is skipped. `LIMOSA_TEST_SQL_CORPUS` may
//! name a further folder, in which files that the oracle cannot parse are passed over.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use limosa_syntax::{LineIndex, Problem, Script};

/// What the oracle calls a statement, and how our tag for it begins.
const KINDS: &[(&str, &[&str])] = &[
    ("SelectStmt", &["SELECT"]),
    ("InsertStmt", &["INSERT"]),
    ("UpdateStmt", &["UPDATE"]),
    ("DeleteStmt", &["DELETE"]),
    ("MergeStmt", &["MERGE"]),
    ("CopyStmt", &["COPY"]),
    ("CallStmt", &["CALL"]),
    ("DoStmt", &["DO"]),
    ("ExplainStmt", &["EXPLAIN"]),
    ("TransactionStmt", &["BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PREPARE TRANSACTION"]),
    ("VariableSetStmt", &["SET", "RESET"]),
    ("VariableShowStmt", &["SHOW"]),
    ("DiscardStmt", &["DISCARD"]),
    ("ConstraintsSetStmt", &["SET CONSTRAINTS"]),
    ("PrepareStmt", &["PREPARE"]),
    ("ExecuteStmt", &["EXECUTE"]),
    ("DeallocateStmt", &["DEALLOCATE"]),
    ("DeclareCursorStmt", &["DECLARE CURSOR"]),
    ("FetchStmt", &["FETCH", "MOVE"]),
    ("ClosePortalStmt", &["CLOSE CURSOR"]),
    ("ListenStmt", &["LISTEN"]),
    ("UnlistenStmt", &["UNLISTEN"]),
    ("NotifyStmt", &["NOTIFY"]),
    ("LoadStmt", &["LOAD"]),
    ("LockStmt", &["LOCK TABLE"]),
    ("TruncateStmt", &["TRUNCATE TABLE"]),
    ("CommentStmt", &["COMMENT"]),
    ("SecLabelStmt", &["SECURITY LABEL"]),
    ("GrantStmt", &["GRANT", "REVOKE"]),
    ("GrantRoleStmt", &["GRANT", "REVOKE"]),
    ("AlterDefaultPrivilegesStmt", &["ALTER DEFAULT PRIVILEGES"]),
    ("ReassignOwnedStmt", &["REASSIGN OWNED"]),
    ("DropOwnedStmt", &["DROP OWNED"]),
    ("ImportForeignSchemaStmt", &["IMPORT FOREIGN SCHEMA"]),
    ("VacuumStmt", &["VACUUM", "ANALYZE"]),
    ("ClusterStmt", &["CLUSTER"]),
    ("ReindexStmt", &["REINDEX"]),
    ("CheckPointStmt", &["CHECKPOINT"]),
    ("RefreshMatViewStmt", &["REFRESH MATERIALIZED VIEW"]),
    ("CreateStmt", &["CREATE TABLE"]),
    ("CreateTableAsStmt", &["CREATE TABLE AS", "CREATE MATERIALIZED VIEW"]),
    ("CreateForeignTableStmt", &["CREATE FOREIGN TABLE"]),
    ("IndexStmt", &["CREATE INDEX"]),
    ("ViewStmt", &["CREATE VIEW"]),
    ("CreateSeqStmt", &["CREATE SEQUENCE"]),
    ("AlterSeqStmt", &["ALTER SEQUENCE"]),
    ("CreateSchemaStmt", &["CREATE SCHEMA"]),
    ("CreateFunctionStmt", &["CREATE FUNCTION", "CREATE PROCEDURE"]),
    ("CreateTrigStmt", &["CREATE TRIGGER"]),
    ("CreateEventTrigStmt", &["CREATE EVENT TRIGGER"]),
    ("CreatePolicyStmt", &["CREATE POLICY"]),
    ("AlterPolicyStmt", &["ALTER POLICY"]),
    ("RuleStmt", &["CREATE RULE"]),
    ("CreateEnumStmt", &["CREATE TYPE"]),
    ("CreateRangeStmt", &["CREATE TYPE"]),
    ("CompositeTypeStmt", &["CREATE TYPE"]),
    ("AlterEnumStmt", &["ALTER TYPE"]),
    ("CreateDomainStmt", &["CREATE DOMAIN"]),
    ("AlterDomainStmt", &["ALTER DOMAIN"]),
    // `CREATE LANGUAGE plpgsql` is an old spelling of `CREATE EXTENSION plpgsql`.
    ("CreateExtensionStmt", &["CREATE EXTENSION", "CREATE LANGUAGE"]),
    ("AlterExtensionStmt", &["ALTER EXTENSION"]),
    ("AlterExtensionContentsStmt", &["ALTER EXTENSION"]),
    ("CreatedbStmt", &["CREATE DATABASE"]),
    ("DropdbStmt", &["DROP DATABASE"]),
    ("AlterDatabaseStmt", &["ALTER DATABASE"]),
    ("AlterDatabaseSetStmt", &["ALTER DATABASE"]),
    ("AlterSystemStmt", &["ALTER SYSTEM"]),
    ("CreateTableSpaceStmt", &["CREATE TABLESPACE"]),
    ("DropTableSpaceStmt", &["DROP TABLESPACE"]),
    ("AlterTableSpaceOptionsStmt", &["ALTER TABLESPACE"]),
    ("AlterTableMoveAllStmt", &["ALTER TABLE", "ALTER INDEX", "ALTER MATERIALIZED VIEW"]),
    ("CreateSubscriptionStmt", &["CREATE SUBSCRIPTION"]),
    ("AlterSubscriptionStmt", &["ALTER SUBSCRIPTION"]),
    ("DropSubscriptionStmt", &["DROP SUBSCRIPTION"]),
    ("CreatePublicationStmt", &["CREATE PUBLICATION"]),
    ("AlterPublicationStmt", &["ALTER PUBLICATION"]),
    ("CreateRoleStmt", &["CREATE ROLE", "CREATE USER", "CREATE GROUP"]),
    ("AlterRoleStmt", &["ALTER ROLE", "ALTER USER", "ALTER GROUP"]),
    ("AlterRoleSetStmt", &["ALTER ROLE", "ALTER USER"]),
    ("DropRoleStmt", &["DROP ROLE", "DROP USER", "DROP GROUP"]),
    ("CreateCastStmt", &["CREATE CAST"]),
    ("CreateConversionStmt", &["CREATE CONVERSION"]),
    ("CreateOpClassStmt", &["CREATE OPERATOR CLASS"]),
    ("CreateOpFamilyStmt", &["CREATE OPERATOR FAMILY"]),
    ("AlterOpFamilyStmt", &["ALTER OPERATOR FAMILY"]),
    ("CreatePLangStmt", &["CREATE LANGUAGE"]),
    ("CreateFdwStmt", &["CREATE FOREIGN DATA WRAPPER"]),
    ("CreateForeignServerStmt", &["CREATE SERVER"]),
    ("CreateUserMappingStmt", &["CREATE USER MAPPING"]),
    ("CreateStatsStmt", &["CREATE STATISTICS"]),
    ("CreateTransformStmt", &["CREATE TRANSFORM"]),
    ("CreateAmStmt", &["CREATE ACCESS METHOD"]),
    ("DefineStmt", &["CREATE"]),
    ("DropStmt", &["DROP"]),
    ("AlterTableStmt", &["ALTER"]),
    ("RenameStmt", &["ALTER"]),
    ("AlterFunctionStmt", &["ALTER FUNCTION", "ALTER PROCEDURE", "ALTER ROUTINE"]),
];

#[test]
#[expect(clippy::disallowed_methods, reason = "which tests run is for their environment to say")]
fn statements_are_where_postgresql_sees_them() {
    let Some(python) = std::env::var_os("LIMOSA_TEST_PYTHON") else {
        eprintln!("skipped: LIMOSA_TEST_PYTHON names no Python with pglast");
        return;
    };
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = crate_folder.join("../..").canonicalize().unwrap();
    let mut files: Vec<(PathBuf, bool)> = sql_files(&repository).into_iter().map(|path| (path, true)).collect();
    assert!(!files.is_empty(), "the repository holds SQL files");
    if let Some(corpus) = std::env::var_os("LIMOSA_TEST_SQL_CORPUS") {
        files.extend(sql_files(Path::new(&corpus)).into_iter().map(|path| (path, false)));
    }

    let mut texts = Vec::new();
    for (path, must_parse) in files {
        let Ok(text) = String::from_utf8(fs::read(&path).unwrap()) else { continue };
        let script = Script::parse(&text);
        if text.contains("-- oracle: skip") {
            continue;
        }
        texts.push((path, must_parse, text, script));
    }
    let input = tempfile::NamedTempFile::new().unwrap();
    let prepared: Vec<String> = texts.iter().map(|(_, _, text, script)| prepare(text, script)).collect();
    fs::write(input.path(), serde_json::to_vec(&prepared).unwrap()).unwrap();
    let output =
        Command::new(python).arg(crate_folder.join("tests/pglast_split.py")).arg(input.path()).output().unwrap();
    assert!(output.status.success(), "the oracle failed: {}", String::from_utf8_lossy(&output.stderr));
    let answers: Vec<serde_json::Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), texts.len(), "the oracle answers for every text");

    let mut differences = Vec::new();
    let mut refused = 0;
    let (mut parsed, mut compared) = (0, 0);
    for ((path, must_parse, text, script), answer) in texts.iter().zip(&answers) {
        let index = LineIndex::new(text);
        let place = |offset: usize| format!("{}:{}", path.display(), index.locate(text, offset).line);
        let problem = script.problems.iter().find(|problem| problem.is_error() && !is_blanked(problem));
        match answer["statements"].as_array() {
            // What is wrong for us is compared in detail elsewhere, with snapshots; here it must be wrong at all.
            Some(_) if problem.is_some_and(|problem| problem.code != "bad-directive".into()) => {
                let problem = problem.unwrap();
                differences.push(format!(
                    "{}: PostgreSQL takes it, we say: {}",
                    place(problem.span.start),
                    problem.message
                ));
            }
            _ if problem.is_some() => refused += 1,
            None if *must_parse => {
                let at = usize::try_from(answer["at"].as_u64().unwrap_or(0)).unwrap();
                differences.push(format!("{}: PostgreSQL cannot parse it: {}", place(at), answer["error"]));
            }
            None => {}
            Some(expected) => {
                parsed += 1;
                compared += expected.len();
                differences.extend(compare(text, script, expected).map(|(at, what)| format!("{}: {what}", place(at))));
            }
        }
    }
    eprintln!("{compared} statements in {parsed} of {} files compared, {refused} refused by both", texts.len());
    assert!(
        differences.is_empty(),
        "{} differences (a file that is wrong on purpose says so: `-- oracle: skip (reason)`):\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// The first difference in where statements stand, else all differences in what they are.
fn compare<'a>(
    text: &'a str,
    script: &'a Script,
    expected: &'a [serde_json::Value],
) -> impl Iterator<Item = (usize, String)> + 'a {
    let number = |value: &serde_json::Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let theirs = expected.iter().map(move |row| (number(&row[0]), number(&row[1])));
    let ours = script.statements.iter().map(|statement| (statement.span.start, statement.span.end));
    let misplaced = theirs.zip(ours.clone()).find(|(theirs, ours)| theirs != ours).map(|(theirs, ours)| {
        (ours.0, format!("PostgreSQL sees `{}`, we see `{}`", excerpt(text, theirs), excerpt(text, ours)))
    });
    let miscounted = (expected.len() != script.statements.len())
        .then(|| (text.len(), format!("PostgreSQL sees {} statements, we see {}", expected.len(), ours.count())));
    let kinds = expected.iter().zip(&script.statements).filter_map(|(row, statement)| {
        let node = row[2].as_str().unwrap();
        let tag = &statement.class.tag;
        let tags = KINDS.iter().find(|(known, _)| *known == node).map_or_else(
            // What the table leaves out is at least named by its verb: `AlterOwnerStmt` is an `ALTER`.
            || {
                ["Create", "Alter", "Drop"]
                    .iter()
                    .any(|verb| node.starts_with(verb) && tag.starts_with(&verb.to_uppercase()))
            },
            |(_, tags)| tags.iter().any(|known| tag.starts_with(known)),
        );
        (!tags).then(|| (statement.span.start, format!("PostgreSQL calls it {node}, we call it {tag}")))
    });
    let place = misplaced.or(miscounted);
    let kinds: Vec<_> = if place.is_some() { Vec::new() } else { kinds.collect() };
    place.into_iter().chain(kinds)
}

/// Whether the oracle is to see the text without what the problem is about.
fn is_blanked(problem: &Problem) -> bool {
    problem.code == "psql-command".into()
}

fn excerpt(text: &str, (start, end): (usize, usize)) -> String {
    text.get(start..end).map_or_else(|| format!("{start}..{end}"), |sql| sql.chars().take(400).collect())
}

/// The text as the oracle can take it: ASCII, so that its characters are bytes, and without what psql alone knows.
fn prepare(text: &str, script: &Script) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let blank = |bytes: &mut Vec<u8>, start: usize, end: usize| {
        bytes[start..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    };
    let mut from = 0;
    let ends = script.statements.iter().map(|statement| (statement.span, statement.copy_data)).map(Some).chain([None]);
    for end in ends {
        let gap_end = end.map_or(text.len(), |(span, _)| span.start);
        let mut at = from;
        for line in text[from..gap_end].split_inclusive('\n') {
            if line.trim_start().starts_with('\\') {
                blank(&mut bytes, at, at + line.len());
            }
            at += line.len();
        }
        if let Some((span, copy_data)) = end {
            from = copy_data.map_or(span.end, |data| data.end);
            if let Some(data) = copy_data {
                blank(&mut bytes, data.start, data.end);
            }
        }
    }
    for problem in script.problems.iter().filter(|problem| is_blanked(problem)) {
        let span = problem.span;
        let sends_statement = text[span.start..].starts_with("\\g");
        blank(&mut bytes, span.start, span.end);
        if sends_statement {
            bytes[span.start] = b';';
        }
    }
    if text.starts_with('\u{feff}') {
        blank(&mut bytes, 0, 3);
    }
    bytes.iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'x');
    String::from_utf8(bytes).unwrap()
}

/// Every `.sql` file under a folder, build output and hidden folders left out.
fn sql_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !path.is_symlink() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if path.is_file() && path.extension().is_some_and(|extension| extension == "sql") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
