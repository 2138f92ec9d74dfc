//! The walls of the house. Each law names the files that break it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which crate may know which: itself, and what is listed. From the binary down to the pure crates at the bottom.
const MAY_KNOW: [(&str, &[&str]); 10] = [
    ("catalog", &[]),
    ("ids", &["catalog"]),
    ("syntax", &["catalog"]),
    ("plan", &["catalog", "syntax"]),
    ("lint", &["catalog", "syntax", "plan"]),
    ("project", &["catalog", "syntax", "ids"]),
    ("postgres", &["catalog", "syntax"]),
    ("engine", &["catalog", "syntax", "ids", "plan", "project", "postgres"]),
    ("web", &["catalog", "syntax", "plan", "project", "postgres", "engine"]),
    ("limosa", &["catalog", "syntax", "ids", "plan", "lint", "project", "postgres", "engine", "web"]),
];
/// Crates that decide and do not do.
const PURE: [&str; 6] = ["catalog", "ids", "syntax", "plan", "lint", "project"];
/// What pure crates may not depend on.
const RUNTIMES: [&str; 8] =
    ["tokio", "tokio-postgres", "tokio-postgres-rustls", "futures", "futures-util", "async-trait", "smol", "async-std"];
/// The only crate of the product that prints and reads the environment.
const BINARY: &str = "limosa";
const MOST_LINES: usize = 600;
const MOST_COLUMNS: usize = 120;
/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "helper", "common", "manager"];

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

/// Every file of the project, by its path from the root, except what is made by building and running.
fn files() -> BTreeSet<PathBuf> {
    fn walk(folder: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let made = ["target", ".git", ".limosa", "node_modules"].iter().any(|made| name == *made);
            let kind = entry.file_type().unwrap();
            if kind.is_dir() && !made {
                walk(&path, found);
            } else if kind.is_file() {
                found.insert(path);
            }
        }
    }
    let root = root();
    let mut found = BTreeSet::new();
    walk(&root, &mut found);
    found.iter().map(|path| path.strip_prefix(&root).unwrap().to_owned()).collect()
}

fn with_extension(extension: &str) -> Vec<(PathBuf, String)> {
    let chosen = files().into_iter().filter(|path| path.extension().is_some_and(|own| own == extension));
    chosen
        .map(|path| (path.clone(), String::from_utf8_lossy(&fs::read(root().join(&path)).unwrap()).into_owned()))
        .collect()
}

fn rust() -> Vec<(PathBuf, String)> {
    let found = with_extension("rs");
    assert!(found.len() > 20, "only {} Rust files were found; the test looks at the wrong folder", found.len());
    found
}

/// The sources of a crate of the product, without its tests.
fn sources(name: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new("crates").join(name).join("src");
    rust().into_iter().filter(|(path, _)| path.starts_with(&folder)).collect()
}

fn crates() -> Vec<String> {
    let folders = fs::read_dir(root().join("crates")).unwrap().flatten();
    let mut names: Vec<_> = folders
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The names of a crate's dependencies, platform-dependent ones included, tests' left out.
fn dependencies(name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let platforms = manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values);
    let tables = platforms.filter_map(|platform| platform.get("dependencies")).chain(manifest.get("dependencies"));
    tables.filter_map(toml::Value::as_table).flat_map(toml::Table::keys).cloned().collect()
}

/// Fails with the list of what breaks a law.
fn assert_none(law: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{law}; broken by:\n  {}", broken.join("\n  "));
}

/// The lines of the files that fail a test, as `path:number: line`.
fn lines<'a>(files: impl IntoIterator<Item = &'a (PathBuf, String)>, is_broken: impl Fn(&str) -> bool) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, text) in files {
        for (index, line) in text.lines().enumerate().filter(|(_, line)| is_broken(line)) {
            broken.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
        }
    }
    broken
}

#[test]
fn crates_know_only_those_below_them() {
    let may_know: BTreeMap<_, _> = MAY_KNOW.into_iter().collect();
    let mut broken = Vec::new();
    for name in crates() {
        let Some(allowed) = may_know.get(name.as_str()) else {
            broken.push(format!("crates/{name} has no place in the order; give it one in this test"));
            continue;
        };
        for known in dependencies(&name).iter().filter_map(|dependency| dependency.strip_prefix("limosa-")) {
            if !allowed.contains(&known) {
                broken.push(format!("crates/{name} depends on limosa-{known}"));
            }
        }
    }
    assert_none(
        "limosa → web → engine → {plan, project, postgres} → {catalog, syntax, ids}; lint → {syntax, catalog}",
        &broken,
    );
}

#[test]
fn crates_that_decide_are_not_asynchronous() {
    let mut broken = Vec::new();
    for name in crates().iter().filter(|name| PURE.contains(&name.as_str())) {
        let found = dependencies(name);
        broken.extend(
            RUNTIMES
                .iter()
                .filter(|runtime| found.contains(**runtime))
                .map(|runtime| format!("crates/{name}: {runtime}")),
        );
        let is_async = |line: &str| !is_comment(line) && (line.contains("async fn") || line.contains(".await"));
        broken.extend(lines(&sources(name), is_async));
    }
    assert_none("catalog, ids, syntax, plan, lint and project do not wait for anything", &broken);
}

#[test]
fn only_the_binary_prints_exits_and_reads_the_environment() {
    let forbidden = [
        concat!("println", "!("),
        concat!("print", "!("),
        concat!("eprintln", "!("),
        concat!("eprint", "!("),
        concat!("dbg", "!("),
        concat!("process::", "exit("),
        concat!("env::", "var("),
        concat!("env::", "var_os("),
        concat!("env::", "vars("),
        concat!("env::", "vars_os("),
        concat!("env::", "current_dir("),
        concat!("env::", "home_dir("),
    ];
    let mut broken = Vec::new();
    for name in crates().iter().filter(|name| *name != BINARY) {
        broken.extend(lines(&sources(name), |line| {
            !is_comment(line) && forbidden.iter().any(|call| contains_word(line, call))
        }));
    }
    assert_none("a library takes the environment as an argument and gives its output as a value", &broken);
}

#[test]
fn files_are_short_and_lines_narrow() {
    let found = rust();
    let long = |(path, text): &(PathBuf, String)| {
        let count = text.lines().count();
        (count > MOST_LINES).then(|| format!("{}: {count} lines", path.display()))
    };
    assert_none("a file holds one thing, in 600 lines at most", &found.iter().filter_map(long).collect::<Vec<_>>());
    let found: Vec<_> = found.into_iter().map(|(path, text)| (path, without_snapshots(&text))).collect();
    let broken = lines(&found, |line| line.chars().count() > MOST_COLUMNS);
    assert_none("a line has 120 columns at most", &broken);
}

/// A source with the lines of its inline snapshots emptied: what the program prints is as wide as it is.
fn without_snapshots(text: &str) -> String {
    let mut end: Option<&str> = None;
    let mut kept = String::new();
    for line in text.lines() {
        let is_snapshot = end.is_some();
        match end {
            Some(mark) if line.trim_start().starts_with(mark) => end = None,
            None if line.ends_with("@r\"") => end = Some("\""),
            None if line.ends_with("@r#\"") => end = Some("\"#"),
            _ => {}
        }
        kept += if is_snapshot { "" } else { line };
        kept.push('\n');
    }
    assert!(end.is_none(), "the end of an inline snapshot was not found");
    kept
}

#[test]
fn names_say_what_is_inside() {
    let broken: Vec<_> = rust()
        .iter()
        .filter(|(path, _)| {
            path.iter().any(|part| {
                EMPTY_NAMES.iter().any(|name| Path::new(part).file_stem().is_some_and(|stem| stem == *name))
            })
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert_none("a module is named for what it holds", &broken);
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
    ];
    let broken = lines(&rust(), |line| marks.iter().any(|mark| contains_word(line, mark)));
    assert_none("what is here is done", &broken);
}

#[test]
fn no_file_knows_the_machine_it_was_made_on() {
    let folders = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];
    // A public place that is the same on every machine of a kind, and names no person's folder.
    let mut broken = Vec::new();
    for path in files().iter().filter(|path| path.file_name().is_some_and(|name| name != "Cargo.lock")) {
        let bytes = fs::read(root().join(path)).unwrap();
        let Ok(text) = String::from_utf8(bytes) else { continue };
        broken.extend(lines(&[(path.clone(), text)], |line| {
            folders.iter().any(|folder| {
                line.match_indices(folder).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    let after = line[at + folder.len()..].chars().next();
                    // Not the middle of a longer path such as `x/home/y`, and somebody's name follows.
                    !before.is_some_and(|c| c.is_alphanumeric() || "._-/".contains(c))
                        && after.is_some_and(char::is_alphanumeric)
                })
            })
        }));
    }
    assert_none("paths of one machine mean nothing on another", &broken);
}

#[test]
fn sql_files_end_with_a_newline() {
    // Cases under tests/ may be broken on purpose.
    let found = with_extension("sql");
    let broken: Vec<_> = found
        .iter()
        .filter(|(path, text)| path.starts_with("examples") && !text.ends_with('\n'))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert_none("an SQL file ends with a newline, or the next one appended to it is swallowed", &broken);
}

#[test]
fn every_crate_says_what_it_is() {
    let mut broken = Vec::new();
    for member in crates().iter().map(|name| format!("crates/{name}")).chain(["testkit".to_owned(), "xtask".to_owned()])
    {
        let file = ["src/lib.rs", "src/main.rs"]
            .iter()
            .map(|file| root().join(&member).join(file))
            .find(|file| file.is_file());
        let text = file.map(|file| fs::read_to_string(file).unwrap()).unwrap_or_default();
        if text.lines().next().and_then(|line| line.strip_prefix("//! ")).is_none_or(|words| words.len() <= 10) {
            broken.push(member);
        }
    }
    assert_none("a crate begins with a sentence that says what it is", &broken);
}

#[test]
fn every_crate_has_the_lints_of_the_workspace() {
    // xtask is no part of the product: it prints and reads the environment.
    let members = crates().into_iter().map(|name| format!("crates/{name}")).chain(["testkit", "bench"].map(Into::into));
    let inherits = |member: &String| {
        let manifest: toml::Table =
            fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap().parse().unwrap();
        manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
    };
    let broken: Vec<_> = members.filter(|member| !inherits(member)).collect();
    assert_none("clippy holds a wall only where `lints.workspace = true` stands", &broken);
}

#[test]
fn names_and_values_are_quoted_in_one_place() {
    let words =
        ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "DROP ", "ALTER ", "SET ", "COMMENT ", "GRANT "];
    // A quote written by hand around a value that is filled in: `\"{` or `'{` in a text that is SQL.
    let quotes = [concat!("\\\"", "{"), concat!("'", "{")];
    let mut broken = Vec::new();
    for name in crates().iter().filter(|name| *name != "limosa") {
        let suspect = |line: &str| {
            // A constant's name is no input.
            let quoted =
                quotes.iter().flat_map(|quote| line.match_indices(quote).map(|(at, _)| &line[at + quote.len()..]));
            let is_input = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_uppercase());
            !is_comment(line) && words.iter().any(|word| contains_word(line, word)) && quoted.clone().any(is_input)
        };
        broken.extend(lines(&sources(name), suspect));
    }
    assert_none("names go into SQL through Identifier, values through parameters or Literal", &broken);
}

#[test]
fn licences_and_first_pages_are_there() {
    let wanted = ["LICENSE-MIT", "LICENSE-APACHE", "README.md", "ARCHITECTURE.md", "Cargo.lock"];
    let missing = wanted.into_iter().filter(|name| fs::metadata(root().join(name)).map_or(0, |file| file.len()) == 0);
    assert_none("somebody who comes here finds", &missing.map(str::to_owned).collect::<Vec<_>>());
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Whether a line holds a word that is not the end of a longer one (`println!(` holds `print!(` not, nor is it held by
/// `my_println!(`).
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_'))
}
